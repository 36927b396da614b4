"""The values of terraform/cloud's variables, compared with those that Terraform itself finds."""

import json
import subprocess
from pathlib import Path

import pytest

from scripts import child_environment, hcl, terraform_variables
from scripts.environments import CLOUD
from scripts.errors import UserError
from scripts.terraform_variables import Variables
from scripts.tools import TERRAFORM, require

DECLARED = """
variable "region" { type = string }
variable "architecture" {
  type    = string
  default = "arm64"
}
variable "production" {
  type    = bool
  default = false
}
variable "look" {
  type    = bool
  default = false
}
variable "protected" {
  type    = bool
  default = true
}
variable "tokens" {
  type    = object({ issuer = string, leeway_seconds = optional(number) })
  default = null
}
variable "ids" {
  type    = map(string)
  default = {}
}
variable "limits" {
  type     = map(number)
  default  = { requests = 50 }
  nullable = false
}
variable "urls" {
  type    = list(string)
  default = []
}
"""
FILE = 'region = "eu-west-1" # a comment\nlook = "true"\nids = null\nlimits = null\n'
SHELL = {
    "TF_VAR_region": "us-east-1",
    "TF_VAR_architecture": "x86_64",
    "TF_VAR_production": "true",
    "TF_VAR_protected": "false",
    "TF_VAR_tokens": '{"issuer": "https://t.eu.auth0.com/", leeway_seconds = 5}',
    "TF_VAR_urls": '["https://a.example",\n "https://b.example"]',
    "TF_VAR_of_another_project": "x",
}


def of(root: Path, file: str, **shell: str) -> Variables:
    """The variables of a root in a folder, with a tfvars file `dev` and a shell."""
    values = root / "environments" / "dev.tfvars"
    values.parent.mkdir(parents=True, exist_ok=True)
    values.write_text(file, encoding="utf-8")
    return Variables(root, values, shell, {})


@pytest.mark.process
def test_each_value_is_the_one_that_terraform_uses(tmp_path: Path) -> None:
    (tmp_path / "variables.tf").write_text(DECLARED, encoding="utf-8")
    ours = of(tmp_path, FILE, **SHELL)
    names = ("region", "architecture", "tokens", "ids", "limits", "urls", "production", "look", "protected")
    asked = ", ".join(f"{name} = var.{name}" for name in names)
    answer = subprocess.run(
        [str(require(TERRAFORM)), "console", f"-var-file={ours.file}"],
        input=f"jsonencode({{ {asked} }})\n",
        cwd=tmp_path,
        env={**child_environment.for_terraform(), **SHELL, "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    flags = {name: ours.flag(name) for name in ("production", "look", "protected")}
    assert flags == {"production": True, "look": True, "protected": False}
    assert {**{name: ours.get(name) for name in names}, **flags} == json.loads(json.loads(answer.stdout))


def test_a_value_that_cannot_be_read_is_named_and_not_printed(tmp_path: Path) -> None:
    (tmp_path / "variables.tf").write_text(DECLARED, encoding="utf-8")
    with pytest.raises(
        UserError, match=r"^TF_VAR_tokens cannot be read as object\(\{.*: correct it, or unset it\.$"
    ) as said:
        of(tmp_path, FILE, TF_VAR_tokens="{ a-secret").get("tokens")
    assert "a-secret" not in str(said.value)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "regoin",
            "TF_VAR_regoin is set, which is no variable of terraform/cloud: "
            "set TF_VAR_region, or `unset TF_VAR_regoin`",
        ),
        ("jwks", "TF_VAR_jwks is set, which is for `make plan` alone to set: `unset TF_VAR_jwks`"),
        ("preview", "TF_VAR_preview is set, which is for `make plan` alone to set: `unset TF_VAR_preview`"),
    ],
)
def test_a_variable_of_the_shell_that_terraform_would_ignore_or_misuse_is_a_mistake(
    tmp_path: Path, name: str, sentence: str
) -> None:
    (mistake,) = Variables(CLOUD, of(tmp_path, 'region = "eu-west-1"').file, {f"TF_VAR_{name}": "x"}, {}).mistakes()
    assert f"{mistake.text}: {mistake.fix}" == sentence


def test_a_removed_variable_in_the_shell_is_a_mistake_with_the_way_it_is_done_now(tmp_path: Path) -> None:
    shell = {"TF_VAR_connection_credentials": '{ google = { client_secret = "x" } }'}
    (mistake,) = Variables(CLOUD, of(tmp_path, "").file, shell, {}).mistakes()
    assert mistake.text == "TF_VAR_connection_credentials is set, a variable that is gone"
    assert mistake.fix.startswith("`unset TF_VAR_connection_credentials`; write the client ids")


def test_a_preview_s_name_is_in_no_file_and_no_shell(tmp_path: Path) -> None:
    file = of(tmp_path, 'environment = "dev"').file
    found = Variables(CLOUD, file, {"TF_VAR_environment": "dev"}, {"environment": "pull12"})
    assert found.get("environment") == "pull12"
    assert [one.fix for one in found.mistakes()] == ["remove it", "`unset TF_VAR_environment`"]


def test_a_variable_of_another_project_is_named_and_no_mistake(tmp_path: Path) -> None:
    found = Variables(
        CLOUD,
        of(tmp_path, 'region = "eu-west-1"').file,
        {"TF_VAR_cost_centre_of_everything": "x", "TF_VAR_region": "us-east-1", "TF_VAR_login_flow": "code"},
        {},
    )
    assert list(found.mistakes()) == []
    assert list(found.without_effect()) == [
        "TF_VAR_cost_centre_of_everything has no effect: terraform/cloud has no variable cost_centre_of_everything.",
        "TF_VAR_region has no effect, because dev.tfvars sets region.",
    ]


@pytest.mark.parametrize(
    "name", ["terraform.tfvars", "terraform.tfvars.json", "mine.auto.tfvars", "a.auto.tfvars.json"]
)
def test_a_file_that_terraform_reads_for_every_environment_is_a_mistake(tmp_path: Path, name: str) -> None:
    (tmp_path / "variables.tf").write_text(DECLARED, encoding="utf-8")
    (tmp_path / name).write_text("", encoding="utf-8")
    (mistake,) = of(tmp_path, FILE).mistakes()
    assert mistake.text == f"Terraform would read {name} of terraform/cloud in every environment"


@pytest.mark.parametrize(
    ("file", "shell", "sentence"),
    [
        (
            'edge = { price_clas = "PriceClass_All" }',
            {},
            "dev.tfvars sets edge.price_clas, which edge does not have: write price_class, or remove it",
        ),
        (
            'edge = { web_acl = { action = "count", zzz = 1 } }',
            {},
            "dev.tfvars sets edge.web_acl.zzz, which edge.web_acl does not have: remove it",
        ),
        (
            "edge = {}",
            {"TF_VAR_tokens": '{"isuer": "https://t.eu.auth0.com/"}'},
            "the shell sets tokens.isuer, which tokens does not have: write issuer, or remove it",
        ),
    ],
)
def test_an_attribute_that_an_object_does_not_have_is_a_mistake(
    tmp_path: Path, file: str, shell: dict[str, str], sentence: str
) -> None:
    (mistake,) = Variables(CLOUD, of(tmp_path, file).file, shell, {}).mistakes()
    assert f"{mistake.text}: {mistake.fix}" == sentence


def test_the_keys_of_a_map_are_free(tmp_path: Path) -> None:
    file = of(tmp_path, 'connection_client_ids = { anything = "id" }\nalarms = { thresholds = { anything = 1 } }').file
    assert list(Variables(CLOUD, file, {}, {}).mistakes()) == []


def test_every_object_of_the_root_is_read_with_all_its_attributes() -> None:
    declared = Variables(CLOUD, CLOUD / "environments" / "dev.tfvars", {}, {})._declared()
    types = {name: str(body["type"]) for name, body in declared.items()}
    objects = {name: hcl.members(text) for name, text in types.items() if "object(" in text}
    assert all(objects.values())
    assert objects["telemetry"] == {"log_retention_days": "optional(number, 365)", "xray": "optional(bool, true)"}
    assert hcl.members(objects["edge"]["web_acl"]).keys() == {"action", "requests_per_address"}


def test_each_removed_variable_is_gone_and_each_that_plan_sets_is_there() -> None:
    declared = Variables(CLOUD, CLOUD / "environments" / "dev.tfvars", {}, {})._declared()
    assert not terraform_variables._REMOVED.keys() & declared.keys()
    assert declared.keys() >= terraform_variables._SET_BY_PLAN
