"""`make bootstrap` against the emulated AWS: it creates missing parts, once, and leaves differing ones unchanged."""

import contextlib
import io
import json
import uuid
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from scripts.deploy.bootstrap import __main__ as bootstrap
from scripts.deploy.bootstrap.bucket import StateBucket
from scripts.deploy.bootstrap.logging_role import NAME, LoggingRole
from scripts.deploy.bootstrap.piece import Piece
from scripts.deploy.bootstrap.pipeline_roles import HOST, IdentityProvider, PipelineRole
from scripts.environments import CloudEnvironment
from scripts.errors import OperationError, UserError
from tests.unit.local.aws.conftest import LocalAws

if TYPE_CHECKING:
    from collections.abc import Callable

DEV = CloudEnvironment("dev")
ACCOUNT = "000000000000"


@pytest.fixture
def session(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> boto3.Session:
    """A session whose clients reach the emulated AWS, like those of the verb."""
    for name, value in (
        ("AWS_ENDPOINT_URL", aws.url),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("CONFIRM", ""),
        ("REPOSITORY", ""),
    ):
        monkeypatch.setenv(name, value)
    return boto3.Session(region_name="eu-west-1")


@pytest.fixture
def new_account(session: boto3.Session) -> None:
    """Take from the account the two parts of which it can have only one; another test may have made them."""
    iam, path = session.client("iam"), "/cloudwatchRoleArn"
    session.client("apigateway").update_account(patchOperations=[{"op": "replace", "path": path, "value": ""}])
    with contextlib.suppress(iam.exceptions.NoSuchEntityException):
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=IdentityProvider(session, ACCOUNT).arn)


@pytest.fixture
def backend() -> dict[str, str]:
    """The backend of a bucket that does not exist yet."""
    return {"bucket": f"state-{uuid.uuid4().hex[:12]}", "key": "a.tfstate", "region": "eu-west-1"}


def words(piece: Piece) -> str:
    return f"{piece.look().word} {piece.look().difference}".strip()


def test_a_bucket_is_versioned_encrypted_private_and_for_tls_only(
    session: boto3.Session, backend: dict[str, str]
) -> None:
    piece = StateBucket(session, backend)
    assert words(piece) == "missing"
    piece.make()
    assert words(piece) == "ok"
    s3, name = session.client("s3"), backend["bucket"]
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    assert all(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values())
    statement = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"][0]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    piece.make()
    assert words(piece) == "ok"


@pytest.mark.parametrize("after", ["create_bucket", "put_public_access_block"])
def test_a_bucket_that_was_cut_short_is_finished(
    session: boto3.Session, backend: dict[str, str], monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    piece = StateBucket(session, backend)
    call: Callable[..., Any] = getattr(piece._s3, after)

    def cut_short(**arguments: object) -> None:
        call(**arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(piece._s3, after, cut_short)
        with pytest.raises(KeyboardInterrupt):
            piece.make()
    again = StateBucket(session, backend)
    assert words(again) == "missing"
    again.make()
    assert words(again) == "ok"


def test_a_bucket_of_somebody_else_is_named_and_not_changed(session: boto3.Session, backend: dict[str, str]) -> None:
    s3 = session.client("s3")
    s3.create_bucket(Bucket=backend["bucket"], CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=backend["bucket"], Key="theirs", Body=b"")
    assert words(StateBucket(session, backend)).startswith("DIFFERS it is not versioned")
    assert "Status" not in s3.get_bucket_versioning(Bucket=backend["bucket"])


@pytest.mark.usefixtures("new_account")
def test_api_gateway_gets_a_role_for_its_logs_and_keeps_another_one(session: boto3.Session) -> None:
    piece, gateway = LoggingRole(session), session.client("apigateway")
    assert words(piece) == "missing"
    piece.make()
    assert gateway.get_account()["cloudwatchRoleArn"] == f"arn:aws:iam::{ACCOUNT}:role/{NAME}"
    other = f"arn:aws:iam::{ACCOUNT}:role/another"
    gateway.update_account(patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": other}])
    assert words(piece) == "ok"
    assert gateway.get_account()["cloudwatchRoleArn"] == other


@pytest.mark.usefixtures("new_account")
def test_githubs_provider_is_shared_and_one_without_awss_audience_is_left_alone(session: boto3.Session) -> None:
    iam, piece = session.client("iam"), IdentityProvider(session, ACCOUNT)
    iam.create_open_id_connect_provider(Url=f"https://{HOST}", ClientIDList=["somebody-else"])
    assert words(piece) == "DIFFERS it lacks the audience sts.amazonaws.com"
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=piece.arn)
    assert words(piece) == "missing"
    piece.make()
    assert words(piece) == "ok"


@pytest.mark.parametrize(("verb", "on_github"), [("plan", "dev-plan"), ("apply", "dev")])
def test_a_role_is_bound_to_the_repository_and_one_environment(
    session: boto3.Session, verb: str, on_github: str
) -> None:
    provider = IdentityProvider(session, ACCOUNT)
    repository = f"owner@1/{uuid.uuid4().hex[:8]}@2"
    piece = PipelineRole(session, DEV, repository, provider, verb)
    piece.name = f"role-{uuid.uuid4().hex[:8]}"
    assert words(piece) == "missing"
    piece.make()
    assert words(piece) == "ok"
    statement = session.client("iam").get_role(RoleName=piece.name)["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{HOST}"}
    assert statement["Condition"] == {
        "StringEquals": {
            f"{HOST}:aud": "sts.amazonaws.com",
            f"{HOST}:sub": f"repo:{repository}:environment:{on_github}",
        }
    }
    assert (
        piece.note() == f"on GitHub, environment {on_github}: AWS_ROLE_ARN = arn:aws:iam::{ACCOUNT}:role/{piece.name}"
    )
    foreign = PipelineRole(session, DEV, "another/repository", provider, verb)
    foreign.name = piece.name
    assert words(foreign) == "DIFFERS its trust policy is another one"
    narrower = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}
    session.client("iam").put_role_policy(
        RoleName=piece.name, PolicyName="terraform", PolicyDocument=json.dumps(narrower)
    )
    assert words(piece).startswith(
        "DIFFERS its policy is another one; to renew it: `aws iam delete-role-policy --role-name"
    )


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr("sys.argv", ["bootstrap", "dev", *arguments])
    monkeypatch.setattr("sys.stdin", io.StringIO())
    bootstrap.main()


def test_the_verb_says_asks_makes_and_has_nothing_to_do_the_second_time(
    session: boto3.Session, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REPOSITORY", "owner/project")
    with pytest.raises(UserError, match="to create the missing parts, type the environment's name or set CONFIRM=dev"):
        run(monkeypatch)
    said = capfd.readouterr().out
    assert "missing  the bucket gatehouse-dev-terraform-state of Terraform's state, in eu-west-1" in said
    assert "missing  the role pipeline-gatehouse-dev-apply, for repo:owner/project:environment:dev" in said
    with pytest.raises(session.client("iam").exceptions.NoSuchEntityException):
        session.client("iam").get_role(RoleName="pipeline-gatehouse-dev-plan")
    run(monkeypatch, "--confirm", "dev")
    assert "==> Creating the role pipeline-gatehouse-dev-plan" in capfd.readouterr().out
    run(monkeypatch)
    said = capfd.readouterr().out
    assert "missing" not in said
    assert f"environment dev-plan: AWS_ROLE_ARN = arn:aws:iam::{ACCOUNT}:role/pipeline-gatehouse-dev-plan" in said
    monkeypatch.setenv("REPOSITORY", "another/project")
    with pytest.raises(OperationError, match="left unchanged, although they differ: the role pipeline-gatehouse-dev"):
        run(monkeypatch)


@pytest.mark.parametrize("repository", ["project", "owner/project/more", "owner/*", "https://github.com/owner/project"])
def test_a_repository_that_is_none_is_a_users_mistake(
    session: boto3.Session, monkeypatch: pytest.MonkeyPatch, repository: str
) -> None:
    with pytest.raises(UserError, match="write <owner>/<name>, as GitHub spells it"):
        run(monkeypatch, "--repository", repository)
