"""The roles may make every call that Terraform makes, and the role that plans changes only the state's lock.

calls.yaml has the calls of Terraform's AWS provider and S3 backend in a run of `make test-cloud-root` and in a destroy
of the local system, read from their debug log (TF_LOG=DEBUG) on 2026-11-29: those that read, as a plan does, and all
others. `make doctor` makes those of its own list. The emulator grants everything, so a call that a policy lacks would
show only in an account.
"""

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path
from string import Template
from typing import Any

import pytest
import yaml

from scripts.deploy.bootstrap.pipeline_roles import POLICIES, policy
from scripts.environments import CloudEnvironment, all_previews
from scripts.tools import ROOT

CALLS: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("calls.yaml").read_text(encoding="utf-8"))
PREFIXES = {
    "API Gateway": "apigateway",
    "Budgets": "budgets",
    "CloudFront": "cloudfront",
    "CloudWatch": "cloudwatch",
    "CloudWatch Logs": "logs",
    "DynamoDB": "dynamodb",
    "IAM": "iam",
    "KMS": "kms",
    "Lambda": "lambda",
    "S3": "s3",
    "SNS": "sns",
    "SSM": "ssm",
}
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
OTHERWISE = {
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "s3:DeleteBucketTagging": "s3:PutBucketTagging",
    "s3:GetBucketAccelerateConfiguration": "s3:GetAccelerateConfiguration",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "budgets:CreateBudget": "budgets:ModifyBudget",
    "budgets:DeleteBudget": "budgets:ModifyBudget",
    "budgets:DescribeBudget": "budgets:ViewBudget",
    "budgets:DescribeNotificationsForBudget": "budgets:ViewBudget",
    "budgets:DescribeSubscribersForNotification": "budgets:ViewBudget",
    "budgets:UpdateBudget": "budgets:ModifyBudget",
}
HTTP = {
    "Create": "POST",
    "Delete": "DELETE",
    "Get": "GET",
    "Put": "PUT",
    "Tag": "PUT",
    "Untag": "DELETE",
    "Update": "PATCH",
}
WRITES = (
    "Add",
    "Create",
    "Delete",
    "Modify",
    "Pass",
    "Publish",
    "Put",
    "Remove",
    "Set",
    "Subscribe",
    "Tag",
    "Un",
    "Update",
)


def granted(verb: str) -> set[str]:
    statements = json.loads((POLICIES / f"{verb}.json").read_text(encoding="utf-8"))["Statement"]
    return {
        action
        for each in statements
        for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
    }


def action_of(call: str) -> str:
    """Return the action that a call needs: API Gateway's are HTTP methods, and some others have other names."""
    service, _, method = call.rpartition(" ")
    if service == "API Gateway":
        return f"apigateway:{next(verb for prefix, verb in HTTP.items() if method.startswith(prefix))}"
    action = f"{PREFIXES[service]}:{method}"
    return OTHERWISE.get(action, action)


@pytest.mark.parametrize(("verb", "seen"), [("plan", ("plan", "doctor")), ("apply", ("plan", "doctor", "apply"))])
def test_a_role_may_make_every_call_of_terraform_and_of_make_doctor(verb: str, seen: tuple[str, ...]) -> None:
    actions = granted(verb)
    calls = [call for name in seen for call in CALLS[name] if not call.startswith("STS ")]
    missing = {
        call: action_of(call) for call in calls if not any(fnmatchcase(action_of(call), each) for each in actions)
    }
    assert missing == {}


def test_the_role_that_plans_writes_nothing_but_the_lock_of_the_state() -> None:
    document = policy("plan", CloudEnvironment("dev"))
    writing: list[Any] = []
    for each in document["Statement"]:
        actions = [each["Action"]] if isinstance(each["Action"], str) else each["Action"]
        if any(action.split(":")[1].startswith((*WRITES, "*", "POST", "PATCH", "PUT", "DELETE")) for action in actions):
            writing.append(each["Resource"])
    assert writing == ["arn:aws:s3:::gatehouse-dev-terraform-state/gatehouse/dev.tfstate.tflock"]


def test_no_role_may_read_or_write_the_secret_of_hs256() -> None:
    for verb in ("plan", "apply"):
        for each in policy(verb, CloudEnvironment("dev"))["Statement"]:
            actions = [each["Action"]] if isinstance(each["Action"], str) else each["Action"]
            of_parameters = [action for action in actions if action.startswith(("ssm:", "*"))]
            if of_parameters not in ([], ["ssm:DescribeParameters"]):  # which shows no value
                assert each["Resource"] == "arn:aws:ssm:eu-west-1:000000000000:parameter/gatehouse-dev/releases"


def test_no_role_may_do_everything_or_touch_roles_outside_the_environments_names() -> None:
    for verb in ("plan", "apply"):
        assert "*" not in granted(verb)
        for each in policy(verb, CloudEnvironment("dev"))["Statement"]:
            actions = [each["Action"]] if isinstance(each["Action"], str) else each["Action"]
            if any(action.startswith("iam:") for action in actions):
                assert each["Resource"] == "arn:aws:iam::000000000000:role/gatehouse-dev-*"


def test_every_kind_of_resource_that_terraform_declares_has_its_service_in_the_policies() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "terraform" / "modules").glob("*/*.tf")]
    kinds = {line.split('"')[1] for text in texts for line in text.splitlines() if line.startswith('resource "aws_')}
    services = {
        "aws_acm": "acm", "aws_api_gateway": "apigateway", "aws_budgets": "budgets", "aws_cloudfront": "cloudfront",
        "aws_cloudwatch_dashboard": "cloudwatch", "aws_cloudwatch_log": "logs", "aws_cloudwatch_metric": "cloudwatch",
        "aws_cloudwatch_query": "logs", "aws_dynamodb": "dynamodb", "aws_iam": "iam", "aws_lambda": "lambda",
        "aws_route53": "route53", "aws_s3": "s3", "aws_sns": "sns", "aws_ssm": "ssm",
        "aws_wafv2": "wafv2",
    }  # fmt: skip
    for kind in kinds:
        (service,) = {name for prefix, name in services.items() if kind.startswith(prefix)}
        for verb in ("plan", "apply"):
            assert any(action.startswith(f"{service}:") for action in granted(verb)), (kind, verb)


def test_terraform_may_use_the_key_of_an_environment_through_the_services_that_it_encrypts() -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html has the minimum.

    CloudWatch Logs also calls KMS as the caller (as in the managed policy CloudWatchLogsAPIKeyAccess of 2026-02).
    """
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "terraform" / "modules").glob("*/*.tf")]
    blocks = [block for text in texts for block in re.findall(r'^resource "(\w+)" .*?\n(.*?)^}', text, re.M | re.S)]
    encrypted = {kind for kind, body in blocks if "var.kms_key_arn" in body}
    assert encrypted == {"aws_dynamodb_table", "aws_cloudwatch_log_group"}
    (apply,) = _with_action("apply", "kms:CreateGrant")
    assert apply["Condition"] == {
        "StringEquals": {"kms:ViaService": ["dynamodb.eu-west-1.amazonaws.com", "logs.eu-west-1.amazonaws.com"]}
    }
    assert apply["Resource"] == "arn:aws:kms:eu-west-1:000000000000:key/*"
    minimum = {"Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey", "DescribeKey", "CreateGrant"}
    assert {f"kms:{action}" for action in minimum} <= granted("apply")
    assert {"logs:AssociateKmsKey", "logs:DisassociateKmsKey"} <= granted("apply")


def test_the_role_that_plans_may_read_the_rows_of_an_encrypted_table_and_use_the_key_for_nothing_else() -> None:
    (statement,) = _with_action("plan", "kms:Decrypt")
    assert statement["Condition"] == {"StringEquals": {"kms:ViaService": "dynamodb.eu-west-1.amazonaws.com"}}
    assert {action for action in granted("plan") if action.startswith("kms:")} == {"kms:Decrypt", "kms:DescribeKey"}


def test_the_key_may_be_in_another_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_VAR_kms_key_arn", "arn:aws:kms:eu-west-1:123456789012:key/1")
    (statement,) = _with_action("apply", "kms:CreateGrant")
    assert statement["Resource"] == "arn:aws:kms:eu-west-1:123456789012:key/*"


def test_a_policy_fits_into_a_role_with_the_longest_names() -> None:
    """IAM takes 10,240 characters of inline policies in a role, white space not counted
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
    """
    longest = {
        "account": "1" * 12,
        "region": "ap-southeast-1",
        "bucket": "b" * 63,
        "key": "k" * 63,
        "key_account": "1" * 12,
    }
    for path in POLICIES.glob("*.json"):
        filled = Template(path.read_text(encoding="utf-8")).substitute(longest, name="n" * 40)
        assert len("".join(filled.split())) <= 10_240, path.name


def test_the_commands_by_hand_make_every_call_of_make_bootstrap_and_fill_in_every_name() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in POLICIES.parent.glob("*.py"))
    calls = {call.replace("_", "-") for call in re.findall(r"\.((?:create|put|attach|update)_[a-z_]+)", sources)}
    document = (ROOT / "docs" / "pipeline.md").read_text(encoding="utf-8")
    assert len(calls) > 9
    assert {call for call in calls if f" {call} --" not in document} == set()
    names = {name for path in POLICIES.glob("*.json") for name in re.findall(r"\$(\w+)", path.read_text("utf-8"))}
    assert {name for name in names if f"`${name}`" not in document} == set()


def _with_action(verb: str, action: str) -> list[dict[str, Any]]:
    return [each for each in policy(verb, CloudEnvironment("dev"))["Statement"] if action in each["Action"]]


def test_the_role_of_all_previews_reaches_no_environment() -> None:
    text = json.dumps(policy("apply", all_previews()))
    assert "arn:aws:lambda:eu-west-1:000000000000:function:gatehouse-pull*-*" in text
    assert "arn:aws:s3:::gatehouse-previews-terraform-state/gatehouse/pull*.tfstate" in text
    declared = [path.stem for path in (ROOT / "terraform/cloud/environments").glob("*.tfvars")]
    assert [name for name in declared if fnmatchcase(name, all_previews().name)] == []
