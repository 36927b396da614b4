"""Takes the objects of an apply that was cut short into Terraform's state.

A plan names the objects that Terraform would create. Each of them that exists gets an `import` block, in a copy of the
root. With these blocks Terraform knows more identifiers, so the next plan helps to find more objects. An apply of only
these objects then imports them and changes them to what the files declare.
"""

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.console import detail
from scripts.errors import OperationError, UserError
from scripts.management_api import ManagementApi
from scripts.recovery import account, tenant
from scripts.recovery.account import Account, is_unfinished
from scripts.recovery.ownership import why_not_ours
from scripts.recovery.planned import Planned, UnknownValueError
from scripts.terraform_root import TerraformRoot

MADE_ANEW = frozenset({"terraform_data"})
"""The types whose objects exist only in the state: Terraform creates them again; nothing remains of the old."""
OVERWRITTEN = frozenset(
    {
        "aws_acm_certificate_validation",
        "aws_cloudwatch_dashboard",
        "aws_cloudwatch_log_delivery_destination",
        "aws_cloudwatch_log_delivery_source",
        "aws_cloudwatch_log_metric_filter",
        "aws_cloudwatch_metric_alarm",
        "aws_s3_bucket_logging",
        "aws_sns_topic",
        "aws_sns_topic_policy",
        "aws_sns_topic_subscription",
        "aws_wafv2_web_acl_logging_configuration",
    }
)
"""The types whose existing object the next apply overwrites, because AWS identifies it by its name or its owner; and
the validation of a certificate, which only waits."""
ROW = "aws_dynamodb_table_item"
"""Terraform cannot import a row and stops at an existing one. So a sample row is removed and written again."""
REPLACED = frozenset({"aws_api_gateway_deployment"})
"""The types that Terraform replaces after an import, because the import lacks their triggers: deployments."""

_IMPORTS = "recovery.tf.json"
_MOST_ROUNDS = 10


@dataclass(frozen=True)
class Found:
    """An object that exists but is missing in Terraform's state: its address and its import identifier."""

    address: str
    identifier: str


@dataclass
class Recovery:
    """The objects that a recovery takes over, and its actions on them."""

    found: list[Found] = field(default_factory=list)
    rows: dict[str, Planned] = field(default_factory=dict)
    """The planned values of the sample rows to remove and write again, by address."""
    actions: dict[str, list[str]] = field(default_factory=dict)
    """Terraform's action, by address: `no-op`, `update`, `create`, or `create` and `delete`."""
    made_anew: list[str] = field(default_factory=list)
    """The addresses of the state-only objects that Terraform creates again."""
    spare: list[str] = field(default_factory=list)
    """A sentence for each surplus object with our name and tags."""

    @property
    def targets(self) -> list[str]:
        """The addresses that the apply targets; empty if nothing was found."""
        found = [*(one.address for one in self.found), *self.rows]
        return [*found, *self.made_anew] if found else []


class Recoverer:
    """Finds the objects that an interrupted apply of a root has left, and takes them into the state.

    `api` is None for a root without a tenant. `folder` is emptied, then holds a copy of the root. `options` are those
    of `plan`.
    """

    def __init__(
        self, root: TerraformRoot, account: Account, api: ManagementApi | None, folder: Path, **options: object
    ) -> None:
        self._account = account
        self._api = api
        self._options = options
        self._plan_file = folder / "recovery.tfplan"
        self._root = _copy(root, folder)

    def find(self) -> Recovery:
        """Find the objects, and plan to take them over. This changes nothing and needs no lock.

        Raises:
            UserError: an object has our name but is not ours.
            OperationError: Terraform, AWS or the tenant does not answer, or Terraform would delete something.
        """
        recovery = Recovery()
        for _ in range(_MOST_ROUNDS):
            plan = self._plan(recovery)
            require_ours(plan, self._account)
            found, is_complete = self._existing(plan, recovery)
            recovery.found += found
            if found:
                detail(f"{len(recovery.found)} objects found")
            if is_complete or not found:
                break
        recovery.rows = self._rows(plan)
        recovery.made_anew = [change["address"] for change in _creations(plan) if change["type"] in MADE_ANEW]
        if recovery.targets:
            plan = self._plan(recovery, target=recovery.targets)
            require_ours(plan, self._account)
            recovery.actions = _actions(plan)
            require_no_deletion(plan)
        return recovery

    def take(self, recovery: Recovery) -> None:
        """Remove the sample rows, and apply the plan of `find`. If that is cut short, find and take again.

        Raises:
            OperationError: the state has changed since, or Terraform failed.
        """
        for values in recovery.rows.values():
            account.remove_row(self._account, values)
        self._root.apply(self._plan_file, progress=detail)
        self._plan_file.unlink()

    def _plan(self, recovery: Recovery, **options: object) -> dict[str, Any]:
        blocks = [{"to": one.address, "id": _literal(one.identifier)} for one in recovery.found]
        (self._root.directory / _IMPORTS).write_text(json.dumps({"import": blocks}), encoding="utf-8")
        self._root.plan(self._plan_file, lock=False, **self._options, **options)
        return self._root.read_plan(self._plan_file)

    def _existing(self, plan: Mapping[str, Any], recovery: Recovery) -> tuple[list[Found], bool]:
        """Return those of the objects to be created that exist, and whether all could be searched for."""
        found, is_complete = [], True
        for change in _creations(plan):
            address = change["address"]
            try:
                identifiers = self._identifiers(change)
            except UnknownValueError:
                is_complete = False
                continue
            found += [Found(address, identifier) for identifier in identifiers[:1]]
            recovery.spare += [f"another object has the name and tags of {address}: {one}" for one in identifiers[1:]]
        return found, is_complete

    def _identifiers(self, change: Mapping[str, Any]) -> list[str]:
        kind, planned = change["type"], Planned(change["change"]["after"])
        if kind in MADE_ANEW | OVERWRITTEN or kind == ROW:
            return []
        if kind in account.FINDERS:
            return self._account.find(kind, planned)
        if kind in tenant.FINDERS and self._api is not None:
            return tenant.find(self._api, kind, planned)
        raise OperationError(f"{change['address']}: we cannot search for a {kind}; import it by hand.")

    def _rows(self, plan: Mapping[str, Any]) -> dict[str, Planned]:
        rows: dict[str, Planned] = {}
        others = []
        for change in _creations(plan):
            planned = Planned(change["change"]["after"])
            if change["type"] == ROW and (same := account.same_row(self._account, planned)) is not None:
                if same:
                    rows[change["address"]] = planned
                else:
                    others.append(change["address"])
        if others:
            raise UserError(
                f"nothing was changed: {', '.join(others)} exists with other values than the sample's; "
                "delete the row in DynamoDB if nobody needs it, then run this again."
            )
        return rows


def resource_type(address: str) -> str:
    """Return the type in a resource's address: `module.a["b.c"].aws_iam_role.x["d.e"]` has `aws_iam_role`."""
    without_key = re.sub(r"\[[^\]]*\]$", "", address)
    return without_key.split(".")[-2]


def pending(plan: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return a plan's actions by address; empty if the environment is as declared."""
    return {address: action for address, action in _actions(plan).items() if action != ["no-op"]}


def _copy(root: TerraformRoot, folder: Path) -> TerraformRoot:
    """Return a root with the same state in its own folder: in the root itself, every command would see the imports.

    Terraform reads `../modules` and `../../functions` from there, so the copy has links to them.
    """
    shutil.rmtree(folder, ignore_errors=True)
    project, roots = root.directory.parents[1], root.directory.parent
    copied_roots = folder / "project" / roots.name
    copied_roots.mkdir(parents=True)
    for source, copied in ((project, copied_roots.parent), (roots, copied_roots)):
        for entry in source.iterdir():
            if entry not in (roots, root.directory):
                (copied / entry.name).symlink_to(entry)
    ignored = shutil.ignore_patterns("*.tfstate*", ".terraform")
    shutil.copytree(root.directory, copied_roots / root.directory.name, ignore=ignored)
    return TerraformRoot(copied_roots / root.directory.name, root.data_directory, root.log, root.environment)


def _creations(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for change in plan.get("resource_changes", []):
        if change["mode"] == "managed" and change["change"]["actions"] == ["create"]:
            yield change


def require_ours(plan: Mapping[str, Any], account: Account) -> None:
    """Raise UserError if a plan would import an object that is not ours."""
    foreign = []
    for change in plan.get("resource_changes", []):
        importing = change["change"].get("importing")
        if importing and (why := why_not_ours(change)) and not _is_unfinished(change, account):
            foreign.append(f"{change['address']} ({importing['id']}): {why}")
    if foreign:
        listed = "\n  ".join(foreign)
        raise UserError(
            f"nothing was changed, because these objects have our names and are not ours:\n  {listed}\n"
            "Rename or delete each. If the interrupted apply made it, add what it lacks. Then run this again."
        )


def _is_unfinished(change: Mapping[str, Any], account: Account) -> bool:
    has_tags = bool(change["change"]["before"].get("tags_all"))
    return not has_tags and is_unfinished(account, change["type"], change["change"]["importing"]["id"])


def require_no_deletion(plan: Mapping[str, Any]) -> None:
    """Raise OperationError if a plan would delete anything but an API's deployment."""
    for change in plan.get("resource_changes", []):
        if "delete" in change["change"]["actions"] and change["type"] not in REPLACED:
            raise OperationError(
                f"nothing was changed, because Terraform would delete {change['address']} to take over the rest; "
                "import it by hand."
            )


def _actions(plan: Mapping[str, Any]) -> dict[str, list[str]]:
    changes = [change for change in plan.get("resource_changes", []) if change["mode"] == "managed"]
    return {change["address"]: list(change["change"]["actions"]) for change in changes}


def _literal(text: str) -> str:
    """Return a text as a string in Terraform's JSON syntax, in which `${` and `%{` begin a template."""
    return re.sub(r"([$%])\{", r"\1\1{", text)
