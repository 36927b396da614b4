"""`make recover`: its sentences about what it found."""

import dataclasses
from pathlib import Path

import pytest

from scripts.deploy.recover import describe, describe_actions, require_written_state
from scripts.environments import CloudEnvironment
from scripts.errors import UserError
from scripts.recovery.planned import Planned
from scripts.recovery.recovery import Found, Recovery
from scripts.terraform_root import TerraformRoot

FILE = 'module.stack.module.site.aws_s3_object.file["assets/site.css"]'
ROLE = 'module.stack.module.api_function["movies"].aws_iam_role.execution'
ROW = 'module.stack.aws_dynamodb_table_item.sample["movies/alien"]'


def test_a_recovery_is_described_by_kind_before_it_begins() -> None:
    recovery = Recovery(
        found=[Found(FILE, "bucket/assets/site.css"), Found(ROLE, "films-dev-movies")],
        rows={ROW: Planned()},
        actions={FILE: ["update"], ROLE: ["no-op"], ROW: ["create"], "module.stack.x.y": ["create", "delete"]},
        made_anew=["module.stack.terraform_data.jwks_fetched_at"],
        spare=["another object has the name and tags of module.stack.x.y: abc"],
    )

    assert list(describe(recovery)) == [
        "   1 aws_iam_role would be taken into the state",
        "   1 aws_s3_object would be taken into the state",
        "   1 sample rows would be removed and written again, for Terraform imports no row",
        "Terraform would make 1 aws_dynamodb_table_item",
        "Terraform would replace 1 x",
        "Terraform would change 1 aws_s3_object",
        "another object has the name and tags of module.stack.x.y: abc",
    ]


def test_if_nothing_is_found_nothing_is_printed() -> None:
    assert list(describe(Recovery())) == []
    assert list(describe_actions({ROLE: ["no-op"]})) == []


def test_a_state_that_terraform_could_not_write_comes_first(tmp_path: Path) -> None:
    root = TerraformRoot(tmp_path, tmp_path / "data", tmp_path / "log", {})
    environment = CloudEnvironment("dev")
    require_written_state(environment, root)
    (tmp_path / "errored.tfstate").write_text("{}")

    with pytest.raises(UserError, match=r"Write it first: `TF_DATA_DIR=\S+/data terraform -chdir=\S+ state push"):
        require_written_state(environment, dataclasses.replace(root))
