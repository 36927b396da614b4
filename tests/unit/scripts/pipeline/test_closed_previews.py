"""The previews to remove: their state holds resources, and their pull request is closed."""

import json
import uuid
from pathlib import Path

import pytest

from scripts.environments import PreviewEnvironment
from scripts.errors import OperationError
from scripts.pipeline import closed_previews
from scripts.pipeline.closed_previews import LABEL, deployed
from tests.unit.local.aws.conftest import LocalAws
from tests.unit.scripts.pipeline.github_stand_in import GitHub, job_environment

LABELLED = [{"name": LABEL}]


@pytest.fixture
def backend(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The backend of previews, with an empty bucket."""
    found = {"bucket": f"state-{uuid.uuid4().hex[:12]}", "key": "gatehouse/pull*.tfstate", "region": "us-east-1"}
    aws.client("s3").create_bucket(Bucket=found["bucket"])
    for name, value in (
        ("AWS_ENDPOINT_URL", aws.url),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(PreviewEnvironment, "backend", lambda _: found)
    return found


def put(aws: LocalAws, backend: dict[str, str], name: str, *resources: str) -> None:
    state = json.dumps({"version": 4, "resources": [{"type": each} for each in resources]})
    aws.client("s3").put_object(Bucket=backend["bucket"], Key=f"gatehouse/{name}", Body=state.encode())


def test_a_preview_goes_when_its_pull_request_is_closed_or_without_the_label(
    aws: LocalAws, backend: dict[str, str], github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for number in (1, 2, 3, 4):
        put(aws, backend, f"pull{number}.tfstate", "aws_lambda_function")
    put(aws, backend, "pull5.tfstate")  # destroyed
    for name in ("pull2.tfstate.tflock", "pullx.tfstate", "dev.tfstate"):
        put(aws, backend, name, "aws_lambda_function")
    github.add_pull_request(1, labels=LABELLED)
    github.add_pull_request(2, labels=LABELLED, state="closed")
    github.add_pull_request(3)
    github.add_pull_request(5, labels=LABELLED, state="closed")
    output = tmp_path / "output"
    for name, value in {**job_environment(github, tmp_path, None), "GITHUB_OUTPUT": str(output)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["closed-previews"])
    said: list[str] = []
    monkeypatch.setattr(closed_previews, "detail", said.append)
    closed_previews.main()
    assert output.read_text(encoding="utf-8") == 'names=["pull2", "pull3", "pull4"]\n'
    assert said == [
        "pull2: its pull request is closed",
        "pull3: its pull request has no label preview",
        "pull4: there is no such pull request",
    ]


def test_a_bucket_that_cannot_be_read_is_a_sentence(backend: dict[str, str]) -> None:
    with pytest.raises(OperationError, match="the states of the previews are in nowhere"):
        deployed({**backend, "bucket": "nowhere"})
