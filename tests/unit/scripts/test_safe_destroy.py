"""The objects that a destroy deletes and those that it keeps, with real states and plans of a real Terraform."""

import copy
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts import safe_destroy
from scripts.errors import OperationError, UserError
from scripts.safe_destroy import DELETE, KEEP, managed
from scripts.terraform_root import TerraformRoot

pytestmark = [
    pytest.mark.process,
    # python-terraform calls a deprecated method of logging.
    pytest.mark.filterwarnings("ignore:The 'warn' method is deprecated:DeprecationWarning"),
]

CONNECTION = {"kind": "auth0_connection", "name": "amazon", "id": "con_1"}
FUNCTION = {"kind": "aws_lambda_function", "name": "films-prod-movies", "id": "films-prod-movies"}
TABLE = {"kind": "aws_dynamodb_table", "name": "films-prod-movies", "id": "films-prod-movies"}
WAIT = {"lock_timeout": "30s"}
PROTECTED = {**TABLE, "deletion_protection_enabled": True}


class Root(TerraformRoot):
    """A root of `terraform_data` objects, each of which names in its input the provider's object that it replaces."""

    def objects(self) -> dict[str, Any]:
        document = super().objects()
        for resource in document.get("values", {}).get("root_module", {}).get("resources", []):
            resource |= {"type": resource["values"]["input"]["kind"], "values": resource["values"]["input"]}
        return document

    def read_plan(self, plan_file: Path) -> dict[str, Any]:
        document = super().read_plan(plan_file)
        for resource in document.get("resource_changes", []):
            resource["type"] = resource["change"]["before"]["input"]["kind"]
            resource["change"]["before"] = resource["change"]["before"]["input"]
        return document


@pytest.fixture
def make_root(tmp_path: Path) -> Callable[..., Root]:
    """Return a function that makes an applied root with the given objects in its state."""

    def make(*objects: dict[str, Any]) -> Root:
        (tmp_path / "root").mkdir()
        resources = {str(number): {"input": one} for number, one in enumerate(objects)}
        named = {f"thing_{number}": body for number, body in resources.items()}
        (tmp_path / "root" / "main.tf.json").write_text(json.dumps({"resource": {"terraform_data": named}}))
        root = Root(tmp_path / "root", tmp_path / "data", tmp_path / "terraform.log", dict(os.environ))
        root.init({}, lock_file="update")
        root.plan(tmp_path / "plan")
        root.apply(tmp_path / "plan")
        return root

    return make


def destroy(root: Root, tables: str = "") -> tuple[list[str], list[str]]:
    """Destroy; return the kinds that stay, and the tables that lost their protection."""
    unprotected: list[str] = []
    kept = safe_destroy.destroy(root, root.directory / "destroy.tfplan", tables, unprotected.append, lock_options=WAIT)
    return [one.kind for one in kept], unprotected


def destroyed(root: Root) -> int:
    """Return how many objects Terraform reports as destroyed."""
    return int(re.findall(r"(\d+) destroyed", root.log.read_text(encoding="utf-8"))[-1])


def test_the_connections_stay_and_all_else_goes(make_root: Callable[..., Root]) -> None:
    root = make_root(CONNECTION, FUNCTION, TABLE)

    assert destroy(root) == (["auth0_connection"], [])
    assert (root.addresses(), destroyed(root)) == ([], 2)


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_protected_table_stops_it_before_anything_is_deleted_or_forgotten(
    make_root: Callable[..., Root], *, interrupted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_root(CONNECTION, FUNCTION, PROTECTED)
    before = copy.deepcopy(root.objects())
    if interrupted:
        monkeypatch.setattr(Root, "plan_destroy", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))

    with pytest.raises(
        KeyboardInterrupt if interrupted else UserError, match=None if interrupted else "say TABLES=keep"
    ):
        destroy(root)

    assert root.objects() == before
    assert not root.plan(root.directory / "again").has_changes


def test_a_state_that_somebody_has_changed_meanwhile_stays_and_the_message_names_what_it_lacks(
    make_root: Callable[..., Root], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_root(CONNECTION, FUNCTION, PROTECTED)
    plan_destroy = Root.plan_destroy

    def plan_after_somebody_applied(own: Root, plan_file: Path, **options: object) -> None:
        TerraformRoot.forget(own, "terraform_data.thing_1")
        plan_destroy(own, plan_file, **options)

    monkeypatch.setattr(Root, "plan_destroy", plan_after_somebody_applied)
    with pytest.raises(
        OperationError, match=r"somebody has changed the state .* lacks terraform_data\.thing_0 \(con_1\)"
    ):
        destroy(root)
    assert root.addresses() == ["terraform_data.thing_2"]


def test_every_command_waits_for_the_lock_of_the_state(
    make_root: Callable[..., Root], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_root(CONNECTION, FUNCTION, TABLE)
    waited: dict[str, object] = {}
    run = TerraformRoot._run

    def recorded(own: Root, command: str, *arguments: str, **options: object) -> tuple[int, str]:
        waited[command] = options.get("lock_timeout")
        return run(own, command, *arguments, **options)

    monkeypatch.setattr(TerraformRoot, "_run", recorded)
    destroy(root)
    assert waited == {"state rm": "30s", "plan": "30s", "apply": "30s"}


def test_a_table_can_be_kept(make_root: Callable[..., Root]) -> None:
    root = make_root(CONNECTION, FUNCTION, PROTECTED)

    assert destroy(root, KEEP) == (["auth0_connection", "aws_dynamodb_table"], [])
    assert (root.addresses(), destroyed(root)) == ([], 1)


def test_a_table_can_be_deleted_with_its_rows(make_root: Callable[..., Root]) -> None:
    root = make_root(CONNECTION, FUNCTION, PROTECTED)

    assert destroy(root, DELETE) == (["auth0_connection"], ["films-prod-movies"])
    assert (root.addresses(), destroyed(root)) == ([], 2)


def test_no_word_about_tables_takes_the_protection_off_anything_else(make_root: Callable[..., Root]) -> None:
    root = make_root(FUNCTION, {"kind": "aws_rds_cluster", "name": "users", "id": "users", "deletion_protection": True})

    with pytest.raises(UserError, match=r"thing_1 \(users\) has deletion protection; take the protection off first"):
        destroy(root, DELETE)
    assert len(root.addresses()) == 2


def test_an_empty_state_holds_nothing() -> None:
    assert managed({"format_version": "1.0"}) == []
