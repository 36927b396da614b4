"""The whole recovery: a real Terraform loses the state of the AWS side on an emulated AWS, and gets it back."""

import json
import stat
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from scripts.check import shared_provider
from scripts.deployed import Deployed
from scripts.errors import UserError
from scripts.local_stack.definitions import CREDENTIALS
from scripts.operate.origin_key import rotate
from scripts.recovery.account import remove_row, same_row
from scripts.recovery.planned import Planned
from scripts.recovery.recovery import REPLACED, Recoverer, require_ours
from scripts.signing_secret import Parameter
from scripts.terraform_root import TerraformRoot
from tests.unit.local.aws.conftest import LocalAws
from tests.unit.scripts.recovery.aws_side import HASH_KEY, SECRET, account, make_root

pytestmark = [
    pytest.mark.process,
    # python-terraform calls a deprecated method of logging.
    pytest.mark.filterwarnings("ignore:The 'warn' method is deprecated:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def environment() -> str:
    return f"t{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the root, its plan and its state."""
    return tmp_path_factory.mktemp("recovery")


@pytest.fixture(scope="module")
def root(aws: LocalAws, environment: str, folder: Path) -> Iterator[TerraformRoot]:
    """The root, applied; one AWS provider serves all its runs of Terraform."""
    made = make_root(aws, environment, folder)
    with shared_provider.running(made.directory, made.data_directory, made.environment) as variable:
        made = replace(made, environment={**made.environment, **variable})
        made.plan(folder / "plan")
        made.apply(folder / "plan")
        yield made


@pytest.mark.long
def test_no_secret_is_in_the_state_or_in_the_plan(
    root: TerraformRoot, aws: LocalAws, environment: str, tmp_path: Path
) -> None:
    """The plan is made from the refreshed state, with the origin key and the HS256 secret that verbs have created."""
    name = f"films-{environment}"
    clients = aws.client("lambda"), aws.client("apigateway")
    deployed = Deployed(name, *clients, {"AWS_ENDPOINT_URL": aws.url, **CREDENTIALS})
    rotate(deployed)
    Parameter(aws.client("ssm"), name).write([SECRET])  # as `make secret NAME=api` does
    keys = clients[1].get_api_keys(includeValues=True)["items"]
    (origin_key,) = [key["value"] for key in keys if key["name"].startswith(f"{name}-origin-")]
    root.plan(tmp_path / "plan")
    assert stat.S_IMODE((tmp_path / "plan").stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR
    document = root.read_plan(tmp_path / "plan")
    resources = [*_resources(document["prior_state"]["values"]["root_module"]), *document["resource_changes"]]

    def holders(secret: str) -> set[str]:
        return {resource["type"] for resource in resources if secret in json.dumps(resource)}

    assert "aws_lambda_function" in holders(f"parameter/{name}/signing-secret")
    assert holders(SECRET) == set()
    assert holders(origin_key) == set()
    assert deployed.subject_hash_key() == HASH_KEY
    assert holders(HASH_KEY) == set()


def _resources(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from _resources(child)


@pytest.mark.long
def test_a_lost_state_is_found_again(root: TerraformRoot, aws: LocalAws, folder: Path, tmp_path: Path) -> None:
    known = set(root.addresses())
    (folder / "state.tfstate").unlink()
    assert root.addresses() == []
    recoverer = Recoverer(root, account(aws), None, tmp_path / "recovery")

    recovery = recoverer.find()
    assert set(recovery.targets) == {address for address in known if ".data." not in address}
    replaced = {one for one, action in recovery.actions.items() if "delete" in action}
    assert {address.split(".")[-2] for address in replaced} == REPLACED
    recoverer.take(recovery)

    assert not root.plan(tmp_path / "rest").has_changes
    assert SECRET not in (folder / "state.tfstate").read_text(encoding="utf-8")


def test_a_row_is_the_samples_only_if_every_value_is(aws: LocalAws) -> None:
    rows, table = aws.client("dynamodb"), f"films-{uuid.uuid4().hex[:8]}"
    rows.create_table(
        TableName=table,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    item = {"id": {"S": "alien"}, "year": {"N": "1979"}}
    planned = Planned(table_name=table, hash_key="id", item=json.dumps(item))

    assert same_row(account(aws), planned) is None
    rows.put_item(TableName=table, Item={**item, "note": {"S": "somebody's"}})
    assert same_row(account(aws), planned) is False
    rows.put_item(TableName=table, Item=item)
    assert same_row(account(aws), planned) is True
    remove_row(account(aws), planned)
    assert rows.scan(TableName=table)["Items"] == []


def test_a_bucket_without_tags_is_unfinished_only_while_it_is_empty(aws: LocalAws) -> None:
    buckets, name = aws.client("s3"), f"films-{uuid.uuid4().hex[:8]}"
    buckets.create_bucket(Bucket=name)
    imported = {"before": {"tags_all": {}}, "after": {"tags_all": {"project": "films"}}, "importing": {"id": name}}
    plan = {"resource_changes": [{"type": "aws_s3_bucket", "address": "bucket", "change": imported}]}

    require_ours(plan, account(aws))
    buckets.put_object(Bucket=name, Key="somebody's", Body=b"")
    with pytest.raises(UserError, match=r"bucket \(films-\w+\): it lacks the tags project=films"):
        require_ours(plan, account(aws))


def test_what_aws_would_make_a_second_time_is_found_by_its_name(aws: LocalAws) -> None:
    """Creating any other resource type of the module monitoring overwrites the existing object."""
    name, logs, budgets = f"films-{uuid.uuid4().hex[:8]}", aws.client("logs"), aws.client("budgets")
    owner = aws.client("sts").get_caller_identity()["Account"]
    for saved in (name, f"{name}-too"):
        made = logs.put_query_definition(name=saved, queryString="fields @message")["queryDefinitionId"]
    budget = {"BudgetName": name, "BudgetType": "COST", "TimeUnit": "MONTHLY"}
    limit = {"BudgetLimit": {"Amount": "50", "Unit": "USD"}}
    assert account(aws).find("aws_budgets_budget", Planned(name=name)) == []
    budgets.create_budget(AccountId=owner, Budget=budget | limit)

    arn = f"arn:aws:logs:{CREDENTIALS['AWS_REGION']}:{owner}:query-definition:{made}"
    assert account(aws).find("aws_cloudwatch_query_definition", Planned(name=f"{name}-too")) == [arn]
    assert account(aws).find("aws_budgets_budget", Planned(name=name)) == [f"{owner}:{name}"]


def test_resources_of_the_edge_are_found_in_us_east_1(aws: LocalAws) -> None:
    name = f"films-{uuid.uuid4().hex[:8]}"
    domain, edge = f"{name}.example", boto3.Session("test", "test", region_name="us-east-1")
    assert account(aws).find("aws_wafv2_web_acl", Planned(name=name)) == []
    logs = edge.client("logs", endpoint_url=aws.url)
    logs.create_log_group(logGroupName=f"aws-waf-logs-{name}-edge")
    rules = edge.client("wafv2", endpoint_url=aws.url)
    seen = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "edge"}
    made = rules.create_web_acl(Name=name, Scope="CLOUDFRONT", DefaultAction={"Allow": {}}, VisibilityConfig=seen)
    certificates = edge.client("acm", endpoint_url=aws.url)
    tags = [{"Key": "project", "Value": name}]
    certificates.request_certificate(DomainName=domain)
    ours = certificates.request_certificate(DomainName=domain, Tags=tags)["CertificateArn"]

    assert account(aws).find("aws_cloudwatch_log_group", Planned(name=f"aws-waf-logs-{name}-edge"))
    assert account(aws).find("aws_wafv2_web_acl", Planned(name=name)) == [f"{made['Summary']['Id']}/{name}/CLOUDFRONT"]
    wanted = Planned(domain_name=domain, tags_all={"project": name})
    assert account(aws).find("aws_acm_certificate", wanted) == [ours]
