"""Real Terraform fails in typical ways, and the sentence on the terminal says why and what to do."""

import fcntl
import http.server
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts import child_environment
from scripts.deploy.apply import what_is_left
from scripts.errors import OperationError
from scripts.terraform_root import ApplyError, TerraformRoot

pytestmark = [
    pytest.mark.process,
    pytest.mark.filterwarnings("ignore:The 'warn' method is deprecated"),  # python-terraform's
]

type MakeRoot = Callable[[str], TerraformRoot]


class Answer(http.server.BaseHTTPRequestHandler):
    """S3's answer to every request: an error document (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html)."""

    status = 404
    code = ""

    def do_GET(self) -> None:
        body = f"<Error><Code>{self.code}</Code></Error>".encode()
        self.send_response(self.status)
        self.send_header("x-amz-bucket-region", "us-east-1")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def s3() -> Iterator[tuple[str, type[Answer]]]:
    """The address of an S3 that refuses everything, and the class that answers there."""
    answer = type("Refusal", (Answer,), {})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", answer
        server.shutdown()


@pytest.fixture
def make_root(tmp_path: Path) -> MakeRoot:
    """Return a function that makes a root from code, without a provider from elsewhere."""

    def make(code: str) -> TerraformRoot:
        folder = tmp_path / "root"
        folder.mkdir(exist_ok=True)
        (folder / "main.tf").write_text(f'terraform {{\n  backend "local" {{}}\n}}\n{code}')
        root = TerraformRoot(folder, tmp_path / "data", tmp_path / "log", child_environment.for_program())
        root.init({"path": str(tmp_path / "terraform.tfstate")}, lock_file="update")
        return root

    return make


def planned(root: TerraformRoot) -> Path:
    plan = root.data_directory / "a.tfplan"
    root.plan(plan)
    return plan


def test_a_postcondition_speaks_for_itself(make_root: MakeRoot) -> None:
    root = make_root("""
variable "account" {
  default = "1"
}
resource "terraform_data" "account" {
  lifecycle {
    precondition {
      condition     = var.account == "2"
      error_message = "The profile is of another account. Load the credentials of the account in dev.tfvars."
    }
  }
}
""")
    with pytest.raises(OperationError, match=r"Load the credentials of the account in dev\.tfvars"):
        planned(root)


def test_a_missing_variable_is_named_with_the_places_to_set_it(make_root: MakeRoot) -> None:
    root = make_root('variable "issuer" {\n  type = string\n}\n')
    with pytest.raises(OperationError, match=r'main\.tf:4: .*"issuer" is not set.*TF_VAR_'):
        planned(root)


def test_a_wrong_index_says_which_key(make_root: MakeRoot) -> None:
    root = make_root('output "one" {\n  value = { a = 1 }["b"]\n}\n')
    with pytest.raises(OperationError, match=r"main\.tf:5: Invalid index: .*does not identify an element"):
        planned(root)


def test_a_stale_plan_says_to_plan_again(make_root: MakeRoot) -> None:
    root = make_root('resource "terraform_data" "a" {\n  input = "x"\n}\n')
    old = planned(root)
    root.apply(old)
    with pytest.raises(OperationError, match=r"stale.*Run `make plan` again"):
        root.apply(old)


def test_an_apply_that_fails_half_way_says_how_much_is_left_and_what_to_run(make_root: MakeRoot) -> None:
    root = make_root("""
resource "terraform_data" "good" {}
resource "terraform_data" "bad" {
  depends_on = [terraform_data.good]
  provisioner "local-exec" {
    command = "echo the cause; false"
  }
}
""")
    plan = planned(root)
    with pytest.raises(ApplyError, match=r"terraform apply of root: .*local-exec provisioner error") as failed:
        root.apply(plan)
    assert root.was_cut_short
    told = what_is_left(failed.value.done, root.read_plan(plan), "dev")
    assert told.startswith("1 of 2 changes were made, and Terraform's state knows them: fix the cause, then `make plan")


def test_a_stale_plan_leaves_no_trace_of_an_apply_that_was_cut_short(make_root: MakeRoot) -> None:
    root = make_root('resource "terraform_data" "a" {\n  input = "x"\n}\n')
    old = planned(root)
    root.apply(old)
    with pytest.raises(ApplyError) as refused:
        root.apply(old)
    assert (refused.value.is_stale, root.was_cut_short) == (True, False)


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (
            404,
            "NoSuchBucket",
            r'S3 bucket "the-state" does not exist: .*Run `make bootstrap ENV=<environment>`, or correct ',
        ),
        (
            403,
            "AccessDenied",
            r"Load the credentials of the account .* If the bucket is somebody else's, correct `bucket`",
        ),
        (
            301,
            "PermanentRedirect",
            r'actual location "us-east-1".* Correct `region` in the environment\'s \.s3\.tfbackend',
        ),
    ],
)
def test_a_bucket_for_the_state_that_cannot_be_used_is_one_error_with_its_fix(
    tmp_path: Path, s3: tuple[str, type[Answer]], status: int, code: str, sentence: str
) -> None:
    url, answer = s3
    answer.status, answer.code = status, code
    (tmp_path / "main.tf").write_text('terraform {\n  backend "s3" {}\n}\n')
    shell = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_ENDPOINT_URL_S3": url}
    root = TerraformRoot(tmp_path, tmp_path / "data", tmp_path / "log", child_environment.for_program() | shell)
    switches = dict.fromkeys(("skip_requesting_account_id", "skip_credentials_validation", "use_path_style"), "true")
    with pytest.raises(OperationError, match=sentence) as failed:
        root.init({"bucket": "the-state", "key": "k", "region": "eu-west-1", **switches}, lock_file="update")
    assert "; operation error" not in str(failed.value)


def test_a_locked_state_says_how_to_release_it(make_root: MakeRoot, tmp_path: Path) -> None:
    root = make_root('resource "terraform_data" "a" {}\n')
    root.apply(planned(root))
    with (tmp_path / "terraform.tfstate").open("r+") as state:
        fcntl.lockf(state, fcntl.LOCK_EX)
        with pytest.raises(OperationError, match=r"state lock.*`make unlock"):
            planned(root)


def test_no_terraform_variable_of_a_shell_reaches_a_root(
    make_root: MakeRoot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TF_WORKSPACE", "dev")
    monkeypatch.setenv("TF_CLI_ARGS", "-no-such-option")
    monkeypatch.setenv("TF_CLI_ARGS_plan", "-destroy")
    monkeypatch.setenv("TF_LOG", "trace")
    monkeypatch.setenv("TF_LOG_PATH", str(tmp_path / "trace"))
    monkeypatch.setenv("TF_DATA_DIR", str(tmp_path / "elsewhere"))
    root = make_root('resource "terraform_data" "a" {}\n')
    root.apply(planned(root))
    assert (tmp_path / "terraform.tfstate").exists()
    assert not (root.directory / "terraform.tfstate.d").exists()
    assert not (tmp_path / "trace").exists()
    assert not (tmp_path / "elsewhere").exists()
    assert os.environ["TF_WORKSPACE"] == "dev"


def test_what_an_earlier_version_left_of_a_workspace_is_removed(make_root: MakeRoot) -> None:
    root = make_root('resource "terraform_data" "a" {}\n')
    left = root.directory / "terraform.tfstate.d" / "dev"
    left.mkdir(parents=True)
    (left / "terraform.tfstate").write_text("{}")
    (root.data_directory / "gatehouse-init").unlink()
    make_root('resource "terraform_data" "b" {}\n')
    assert not left.exists()
    assert planned(root).exists()
