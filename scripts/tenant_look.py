"""Reads a tenant's look before Terraform first changes it, and restores it once Terraform no longer manages it.

Look, texts and login experience apply to every application of the tenant. `terraform/modules/tenant_look` keeps the
previous look in its state. On destroy it calls `python -m scripts.tenant_look restore` with that look in LOOK.
"""

import argparse
import json
import os
from collections.abc import Callable
from typing import Any

import httpx

from scripts.console import detail
from scripts.errors import UserError, run
from scripts.management_api import ManagementApi, ManagementError, tenant_url

_TEMPLATE = "branding/templates/universal-login"
_TEXTS = "prompts/login/custom-text/en"
_THEME = "branding/themes/default"
# The members that `auth0_branding` sets; Auth0 clears a member that is null.
_BRANDING = ("logo_url", "favicon_url", "colors")


def read(api: ManagementApi) -> dict[str, Any]:
    """Return `branding`, `login_experience`, `texts`, `theme` and `template`; the last two are None if not set."""
    branding = api.get("branding")
    return {
        "branding": {name: branding.get(name) for name in _BRANDING},
        "theme": _unless_missing(lambda: api.get(_THEME)),
        "template": _unless_missing(lambda: api.get(_TEMPLATE)["body"]),
        "login_experience": api.get("prompts")["universal_login_experience"],
        "texts": api.get(_TEXTS) or {},
    }


def restore(api: ManagementApi, look: dict[str, Any]) -> None:
    """Restore a look that `read` returned. Writes only differences; a restored theme gets a new id."""
    now = read(api)
    if now["branding"] != look["branding"]:
        api.send("PATCH", "branding", body=look["branding"])
    _restore_theme(api, now["theme"], look["theme"])
    if look["template"] is not None and now["template"] != look["template"]:
        api.send("PUT", _TEMPLATE, body={"template": look["template"]})
    if now["login_experience"] != look["login_experience"]:
        api.send("PATCH", "prompts", body={"universal_login_experience": look["login_experience"]})
    if now["texts"] != look["texts"]:
        api.send("PUT", _TEXTS, body=look["texts"])


def _restore_theme(api: ManagementApi, now: dict[str, Any] | None, before: dict[str, Any] | None) -> None:
    if before is None:
        if now is not None:
            api.send("DELETE", f"branding/themes/{now['themeId']}")
        return
    wanted = {name: value for name, value in before.items() if name != "themeId"}
    if now is None:
        api.send("POST", "branding/themes", body=wanted)
    elif {**wanted, "themeId": now["themeId"]} != now:
        api.send("PATCH", f"branding/themes/{now['themeId']}", body=wanted)


def _unless_missing(get: Callable[[], Any]) -> Any:  # noqa: ANN401 - JSON
    """Return None for a theme or template that does not exist, or that needs a custom domain."""
    try:
        return get()
    except ManagementError as error:
        if error.missing_scope or error.status not in {httpx.codes.NOT_FOUND, httpx.codes.FORBIDDEN}:
            raise
        return None


def main() -> None:
    """Restore the look in LOOK at the tenant that AUTH0_DOMAIN names."""
    parser = argparse.ArgumentParser(prog="python -m scripts.tenant_look", description=__doc__)
    parser.add_argument("command", choices=["restore"])
    parser.parse_args()
    try:
        look = json.loads(os.environ["LOOK"])
    except (KeyError, ValueError) as error:
        raise UserError("LOOK holds no look; Terraform sets it on destroy.") from error
    with ManagementApi(tenant_url(os.environ), os.environ) as api:
        restore(api, look)
    detail("the tenant has its previous look again")


if __name__ == "__main__":
    run(main)
