"""Finds changes in a saved plan to things that are not ours: objects of others, and settings of a tenant or account.

Our own objects carry this environment's names and tags. Creating them changes nothing for anyone else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.errors import UserError
from scripts.project_name import PROJECT

# Each exists once in a tenant; the text says who notices the change.
_OF_THE_TENANT = {
    "auth0_attack_protection": "the tenant's attack protection",
    "auth0_branding": "the tenant's logo and colours, on the sign-in page of every application",
    "auth0_branding_theme": "the tenant's theme, on the sign-in page of every application",
    "auth0_guardian": "the tenant's multi-factor settings",
    "auth0_pages": "the tenant's login, password and error pages",
    "auth0_prompt": "the tenant's login experience, for every application",
    "auth0_prompt_custom_text": "the texts of the sign-in page of every application",
    "auth0_tenant": "the tenant's settings",
    "auth0_trigger_action": "an Action in the tenant's post-login flow, which runs at every application's sign-ins",
    "auth0_trigger_actions": "the tenant's whole flow of Actions, those of others included",
}
_OF_THE_ACCOUNT = {
    "aws_api_gateway_account": "API Gateway's settings of the whole account and region",
    "aws_iam_account_password_policy": "the account's password policy",
    "aws_s3_account_public_access_block": "S3's public access block of the whole account",
}
_VERBS = {"create": "sets", "update": "changes", "delete": "deletes"}
_NOTHING: tuple[object, ...] = (None, "", [], {})
_SILENT = (["no-op"], ["read"])


@dataclass(frozen=True)
class OutsideChange:
    """One change: a line for people, and whether Terraform has not managed the object before."""

    line: str
    is_first: bool


def changes(plan: Mapping[str, Any], environment: str) -> list[OutsideChange]:
    """Return the outside changes of an environment's plan, given as the output of `terraform show -json`."""
    own_tags = {"project": PROJECT, "environment": environment}
    return [found for change in plan.get("resource_changes", []) for found in _outside(change, own_tags)]


def require_consent(found: list[OutsideChange], environment: str, *, given: bool) -> None:
    """Raise UserError for a change to an object that Terraform has not managed before, unless the user consents."""
    first = [change.line for change in found if change.is_first]
    if first and not given:
        listed = "\n  ".join(first)
        raise UserError(
            f"this apply changes things outside our own names:\n  {listed}\n"
            f"To accept that, run: `make apply ENV={environment} OUTSIDE=yes`."
        )


def _outside(resource: Mapping[str, Any], own_tags: Mapping[str, object]) -> Iterator[OutsideChange]:
    change, kind = resource["change"], str(resource["type"])
    actions, importing = list(change["actions"]), change.get("importing")
    if actions in _SILENT and not importing:
        return
    is_first = bool(importing) or actions == ["create"]
    verb = "takes over" if importing else " and ".join(_VERBS.get(action, action) for action in actions)
    if shared := _OF_THE_TENANT.get(kind):
        yield OutsideChange(f"Auth0: {verb} {shared}{_members(change)}", is_first)
    elif kind == "auth0_connection" and actions != ["create"]:
        yield OutsideChange(f"Auth0: {verb} the connection {_name(change)}{_members(change)}", is_first)
    elif shared := _OF_THE_ACCOUNT.get(kind):
        yield OutsideChange(f"AWS: {verb} {shared}", is_first)
    elif kind.startswith("aws_") and _is_foreign(change, own_tags):
        yield OutsideChange(
            f"AWS: {verb} {resource['address']} ({_name(change)}), which is not tagged as ours", is_first=True
        )


def _is_foreign(change: Mapping[str, Any], own_tags: Mapping[str, object]) -> bool:
    """Return whether the object already exists, with tags that are not this environment's."""
    before = change.get("before")
    if change.get("importing"):
        return True
    if not isinstance(before, dict) or "tags_all" not in before:
        return False
    tags = before["tags_all"] or {}
    return any(tags.get(name) != value for name, value in own_tags.items())


def _name(change: Mapping[str, Any]) -> str:
    known = change.get("before") or change.get("after") or {}
    return str(known.get("name") or known.get("bucket") or known.get("function_name") or known.get("id"))


def _members(change: Mapping[str, Any]) -> str:
    """Return the members that change and those that are lost, as the end of a line; empty for a new object."""
    before, after = (_flat(change.get(side)) for side in ("before", "after"))
    unknown = _flat(change.get("after_unknown"))
    if not before or not after:
        return ""
    names = (before.keys() | after.keys()) - unknown.keys() - {"id"}
    changed = sorted(name for name in names if before.get(name) != after.get(name))
    lost = [name for name in changed if name not in after]
    set_anew = [name for name in changed if name not in lost]
    texts = [
        *(["changes " + ", ".join(set_anew)] if set_anew else []),
        *(["erases " + ", ".join(lost)] if lost else []),
    ]
    return f": {'; '.join(texts)}" if texts else ": as it is"


def _flat(value: object) -> dict[str, Any]:
    """Return a resource's members that have a value, by name, including those of a block that occurs once."""
    members: dict[str, Any] = {}
    for name, member in value.items() if isinstance(value, dict) else ():
        if isinstance(member, list) and len(member) == 1 and isinstance(member[0], dict):
            members.update(_flat(member[0]))
        elif member not in _NOTHING:
            members[name] = member
    return members
