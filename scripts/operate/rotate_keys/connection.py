"""The secret of a connection: the one with which the tenant proves itself to Google or Amazon.

The provider's console makes a second secret of the same application first. Both are good then, so the tenant may change
over at any time, and nobody notices. Terraform would do the same with its next apply; this takes seconds.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from scripts import confirmation
from scripts.console import detail, step
from scripts.errors import OperationError, UserError
from scripts.management_api import ManagementApi
from scripts.operate.rotate_keys.rotation import Rotation

_CREDENTIALS = "TF_VAR_connection_credentials"


def rotate(rotation: Rotation) -> None:
    """Give a connection the secret that TF_VAR_connection_credentials has, and change nothing else of it."""
    name = rotation.shell.get("CONNECTION", "")
    given = _credentials(rotation, name)
    if given is None:
        raise UserError(
            f"say which connection, CONNECTION=<name>, and put its new secret into {_CREDENTIALS}, where the next "
            "`make plan` finds it too."
        )
    with ManagementApi(rotation.tenant.tenant_url, rotation.tenant.shell) as api:
        step(f"Reading the connection {name} of {rotation.tenant.issuer}")
        connection = _read(api, name)
        options = connection["options"]
        if options.get("client_id") not in {None, given["client_id"]}:
            raise UserError(
                f"{_CREDENTIALS} has another application of {name} than the tenant: only the secret can be rotated; "
                "another application is a change for `make plan`."
            )
        if options.get("client_secret") == given["client_secret"]:
            detail("the tenant has this secret already: sign in once, then delete the one before at the provider")
            return
        detail("the tenant gets the secret; everything else of the connection stays, and everybody stays signed in")
        if rotation.dry_run:
            return
        confirmation.require_name(rotation.environment.name, rotation.confirmed, to=f"change the secret of {name}")
        wanted = {**options, "client_secret": given["client_secret"]}  # Auth0 replaces `options` as a whole
        api.send("PATCH", f"connections/{connection['id']}", body={"options": wanted})
        if lost := _lost(wanted, _read(api, name)["options"]):
            raise OperationError(f"the tenant did not keep {', '.join(lost)} of {name}; run `make plan`, and read it.")
    step(f"{name} has the new secret: sign in once with it, then delete the one before at the provider")
    detail(f"`make plan ENV={rotation.environment.name}` has nothing to change about it, with the same {_CREDENTIALS}")


def _credentials(rotation: Rotation, name: str) -> Mapping[str, str] | None:
    shell = {_CREDENTIALS: rotation.shell.get(_CREDENTIALS, "{}")}
    given = dataclasses.replace(rotation.tenant, shell=shell).connection_credentials.get(name)
    return given if isinstance(given, Mapping) and {"client_id", "client_secret"} <= given.keys() else None


def _read(api: ManagementApi, name: str) -> Mapping[str, Any]:
    """Return a connection with its options.

    Raises:
        UserError: there is none of that name.
        OperationError: the answer has no options, so that writing them back would lose all of them.
    """
    found = [row for row in api.rows("connections", "connections", name=name) if row["name"] == name]
    if not found:
        raise UserError(f"the tenant has no connection {name}; `make doctor` lists those that it has.")
    if "options" not in found[0]:
        raise OperationError("the tenant does not show the connection's options; grant read:connections_options.")
    return found[0]


def _lost(wanted: Mapping[str, Any], kept: Mapping[str, Any]) -> list[str]:
    return sorted(name for name, value in wanted.items() if kept.get(name) != value)
