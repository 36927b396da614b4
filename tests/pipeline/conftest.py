"""The applied root of `make test-cloud-root`, and a clone of the project in which its jobs run.

The jobs get the variables that GitHub and AWS's action give them, and those that lead to the emulators: an AWS
endpoint, a proxy, a certificate, and a mirror of Terraform's providers.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import hcl2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from scripts.check.cloud_root.tenant import Tenant
from scripts.child_environment import for_program
from scripts.local_stack.definitions import CREDENTIALS
from scripts.management_api import ManagementApi
from scripts.management_scopes import reading_scopes, terraform_scopes
from scripts.tools import ROOT
from tests.checkout import copy_project
from tests.pipeline import edge
from tests.pipeline.edge import Edge
from tests.unit.github.repository import clone_of, git, lend_tools
from tests.unit.github.runner import Ran, run_job
from tests.unit.scripts.pipeline.github_stand_in import GitHub, job_environment
from tests.unit.scripts.pipeline.github_stand_in import running as github_running

EDGES = ("*.cloudfront.net", "*.execute-api.eu-west-1.amazonaws.com")
"""The domain names of the sites and of the stages; the environments are in this region."""

COMMENTS = ROOT / "build" / "pull-requests" / "emulated"


@dataclass(frozen=True)
class Applied:
    """The result of `make test-cloud-root`, with its addresses (scripts/check/cloud_root/jobs.py)."""

    aws_url: str
    domain: str
    certificate: str
    credentials: Mapping[str, str]
    providers: str
    lock_file: str
    environment: Mapping[str, Any]
    previews: Mapping[str, Any]

    def client(self, service: str) -> Any:
        """Return a client for the emulated account."""
        session = boto3.Session("test", "test", region_name="eu-west-1")
        return session.client(service, endpoint_url=self.aws_url)


@dataclass
class Project:
    """A project on GitHub: a clone of its repository, and the jobs that its events start."""

    clone: Path
    github: GitHub
    shell: Mapping[str, str]
    folder: Path
    secrets: Mapping[str, Mapping[str, str]]  # by GitHub's environment
    said: list[str] = field(default_factory=list)

    def job(
        self,
        of: str,
        name: str,
        environment: str = "",
        *,
        number: int | None = None,
        commit: str = "",
        left_out: tuple[str, ...] = (),
        expressions: Mapping[str, str] | None = None,
    ) -> Ran:
        """Run a job of the pull request `number`, or of a push of `commit` to the main branch.

        `environment` is the GitHub environment whose variables and secrets the job has; `expressions` adds others.
        """
        known = {
            "github.token": "a-token",
            "github.base_ref": "main",
            "github.event.pull_request.number": str(number),
            **self.secrets.get(environment, {}),
            **(expressions or {}),
        }
        variables = {**self.shell, **job_environment(self.github, self.folder, number, commit or "2" * 40)}
        ran = run_job(of, name, self.clone, variables, known, left_out=left_out)
        self.said.append(ran.output)
        return ran

    def open_pull_request(self, number: int, edit: Mapping[str, tuple[str, str]], **more: object) -> None:
        """Push a branch in which one text of each file is replaced, and open a pull request for it."""
        git(self.clone, "checkout", "-q", "-b", f"change-{number}", "main")
        for name, (before, after) in edit.items():
            path = self.clone / name
            text = path.read_text(encoding="utf-8")
            assert before in text
            path.write_text(text.replace(before, after, 1), encoding="utf-8")
        git(self.clone, "commit", "-q", "-a", "-m", f"Change {number}")
        head = git(self.clone, "rev-parse", "HEAD")
        self.github.add_pull_request(number, head=head, body="A reason.", **more)

    def merge(self, number: int) -> str:
        """Merge a pull request into the main branch; return the commit, which is then checked out."""
        git(self.clone, "checkout", "-q", "main")
        git(self.clone, "merge", "-q", "--no-ff", "-m", f"Merge {number}", f"change-{number}")
        commit = git(self.clone, "rev-parse", "HEAD")
        merged = {"state": "closed", "merged_at": "2026-11-30T00:00:00Z", "merge_commit_sha": commit}
        self.github.pull_requests[number] |= merged
        self.github.merged_by[commit] = [number]
        return commit

    def on_another_machine(self, branch: str) -> Path:
        """Return a checkout of a branch in another folder, with the kept plan unpacked into its build folder."""
        other = self.folder / "other"
        git(self.folder, "clone", "-q", "--branch", branch, str(self.clone), str(other))
        lend_tools(other)
        shutil.copytree(self.clone / "build" / "kept-plan", other / "build", dirs_exist_ok=True)
        return other

    def shell_of(self, environment: str) -> dict[str, str]:
        """Return the shell variables of a person with the credentials of a GitHub environment."""
        named = {name.partition(".")[2]: value for name, value in self.secrets[environment].items()}
        given = {name: value for name, value in named.items() if name.startswith("AUTH0_")}
        return {**self.shell, **given, "AUTH0_CLIENT_ASSERTION_SIGNING_ALG": "RS256"}

    def comment(self, number: int, about: str) -> str:
        """Return the one comment on a subject."""
        (found,) = (body for body in self.github.bodies(number) if body.startswith(f"<!-- gatehouse: {about} -->"))
        return found


@pytest.fixture(scope="session")
def applied() -> Applied:
    """Return the result of the apply."""
    if "GATEHOUSE_APPLIED_ROOT" not in os.environ:
        raise pytest.UsageError("`make test-cloud-root` runs these tests, against the root that it has applied")
    return Applied(**json.loads(os.environ["GATEHOUSE_APPLIED_ROOT"]))


@pytest.fixture(scope="session")
def tenant(applied: Applied) -> Iterator[Tenant]:
    """The emulated tenant, with every scope."""
    with Tenant(applied.domain, Path(applied.certificate), applied.credentials) as made:
        yield made


@pytest.fixture(scope="session")
def proxy(applied: Applied, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """The public hosts of the emulated AWS."""
    with edge.running(applied.aws_url, EDGES, tmp_path_factory.mktemp("edge")) as made:
        yield made


@pytest.fixture(scope="session")
def secrets(applied: Applied, tenant: Tenant) -> Iterator[dict[str, dict[str, str]]]:
    """The variables and secrets of the GitHub environments, each with its own application at the tenant."""
    scopes = terraform_scopes(manages_look=False)
    made: dict[str, dict[str, str]] = {}
    for name, wanted in (("dev-plan", reading_scopes(scopes)), ("dev", scopes), ("previews", scopes)):
        client_id, key = _application(tenant.api, applied, name, wanted)
        made[name] = {
            "vars.AUTH0_DOMAIN": applied.domain,
            "vars.AUTH0_CLIENT_ID": client_id,
            "secrets.AUTH0_CLIENT_ASSERTION_PRIVATE_KEY": key,
            "secrets.SMOKE_CLIENT_SECRET": "",
        }
    yield made
    for each in made.values():
        tenant.api.send("DELETE", f"clients/{each['vars.AUTH0_CLIENT_ID']}")


def _application(api: ManagementApi, applied: Applied, name: str, scopes: tuple[str, ...]) -> tuple[str, str]:
    """Make an application that authenticates with a private key; return its client ID and the key, in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    body = {
        "name": f"Terraform in the pipeline, {name}",
        "app_type": "non_interactive",
        "grant_types": ["client_credentials"],
    }
    client_id = str(api.send("POST", "clients", body=body)["client_id"])
    credential = {"credential_type": "public_key", "name": name, "pem": public, "alg": "RS256"}
    identifier = api.send("POST", f"clients/{client_id}/credentials", body=credential)["id"]
    methods = {"private_key_jwt": {"credentials": [{"id": identifier}]}}
    by_key = {"client_authentication_methods": methods, "token_endpoint_auth_method": None}
    api.send("PATCH", f"clients/{client_id}", body=by_key)
    grant = {"client_id": client_id, "audience": f"https://{applied.domain}/api/v2/", "scope": scopes}
    api.send("POST", "client-grants", body=grant)
    return client_id, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture(scope="session")
def project(
    applied: Applied, proxy: Edge, secrets: dict[str, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Project]:
    """The project, its files filled in for the emulators."""
    folder = tmp_path_factory.mktemp("project")
    source = folder / "source"
    copy_project(source)
    root = source / "terraform" / "cloud"
    shutil.copy(applied.lock_file, root)
    for name, values in (("environments/dev.tfvars", applied.environment), ("previews.tfvars", applied.previews)):
        _fill_in(root / name, values)
    states, s3 = _bucket(root / "previews.s3.tfbackend"), applied.client("s3")
    s3.create_bucket(Bucket=states, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    authorities = folder / "authorities.pem"
    authorities.write_bytes(Path(applied.certificate).read_bytes() + proxy.certificate.read_bytes())
    shell = {
        **for_program(),
        **{name: value for name, value in CREDENTIALS.items() if "REGION" not in name},
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "CI": "true",
        "AWS_ENDPOINT_URL": applied.aws_url,
        "HTTPS_PROXY": proxy.proxy,
        "SSL_CERT_FILE": str(authorities),
        "PROVIDER_MIRROR": applied.providers,
    }
    with github_running() as github:
        yield Project(clone_of(source, folder), github, shell, folder, secrets)
        _keep(github)
    for row in s3.list_objects_v2(Bucket=states).get("Contents", []):
        s3.delete_object(Bucket=states, Key=row["Key"])
    s3.delete_bucket(Bucket=states)


def _keep(github: GitHub) -> None:
    """Keep every comment and issue in build/pull-requests/emulated/, for people to read."""
    shutil.rmtree(COMMENTS, ignore_errors=True)
    COMMENTS.mkdir(parents=True)
    for each in github.comments.values():
        about = each["body"].splitlines()[0].removeprefix("<!-- gatehouse: ").removesuffix(" -->")
        name = f"{each['number']}-{about.replace(' ', '-')}.md"
        (COMMENTS / name).write_text(each["body"], encoding="utf-8")
    for number, issue in github.issues.items():
        (COMMENTS / f"issue-{number}.md").write_text(issue["body"], encoding="utf-8")


def _fill_in(path: Path, values: Mapping[str, Any]) -> None:
    """Write values into a tfvars file, as a person does."""
    lines = [
        line for line in path.read_text(encoding="utf-8").splitlines() if line.partition("=")[0].strip() not in values
    ]
    lines += [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _bucket(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return str(hcl2.load(file)["bucket"]).strip('"')
