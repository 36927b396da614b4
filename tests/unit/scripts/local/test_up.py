"""The suggestions that `make up` prints name the present APIs and connections."""

import shutil
from pathlib import Path
from typing import Any

from scripts.build.data_files import load_access, load_apis
from scripts.local.up import invitation
from tests.checkout import EXAMPLE

ORIGIN = "http://gatehouse.localhost:4566"


def api(name: str, security: list[Any]) -> dict[str, Any]:
    return {"paths": {f"/{name}": {"get": {"security": security}}, f"/{name}/health": {"get": {"security": []}}}}


def test_each_connection_is_invited_to_what_it_may_see_and_to_a_refusal() -> None:
    access = {
        "connections": {
            "shop": {"display_name": "Shop", "scopes": ["read:Orders"]},
            "desk": {"display_name": "Desk", "scopes": []},
        }
    }
    apis = {
        "news": api("news", []),
        "orders": api("orders", [{"auth0": ["read:Orders"]}]),
        "salaries": api("salaries", [{"auth0": ["read:Salaries"]}]),
    }
    assert invitation(access, apis, ORIGIN).splitlines() == [
        "Sign in with Shop to see news and orders and why not salaries.",
        "Sign in with Desk to see news and why not orders and why not salaries.",
        "A request without a token gets the reason:",
        "",
        f"    curl -i {ORIGIN}/api/salaries",
    ]


def test_an_api_that_was_removed_is_not_spoken_of(tmp_path: Path) -> None:
    access, here = load_access(EXAMPLE / "auth0" / "access.yaml"), EXAMPLE / "functions"
    kept, gone = sorted(load_apis(here))[0], sorted(load_apis(here))[-1]
    assert gone in invitation(access, load_apis(here), ORIGIN)
    (tmp_path / kept).mkdir()
    shutil.copyfile(here / kept / "openapi.yaml", tmp_path / kept / "openapi.yaml")
    assert gone not in invitation(access, load_apis(tmp_path), ORIGIN)
    assert f"{ORIGIN}/api/{kept}" in invitation(access, load_apis(tmp_path), ORIGIN)
