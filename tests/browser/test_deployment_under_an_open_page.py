"""An open page keeps working when another build is deployed: its own files stay."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Response

from scripts import provider_mirror
from scripts.build.site import build_site
from scripts.build.superseded import keep_superseded
from scripts.child_environment import for_terraform
from scripts.tools import ROOT
from tests.unit.local.aws.conftest import LocalAws, free_port

NAME = "open-page"
ROOT_MODULE = """
module "site" {
  source = "%(module)s"

  name                = "%(name)s"
  bucket_name         = "%(name)s"
  site_directory      = "%(site)s"
  tenant_origin       = "https://tenant.example"
  apis                = {}
  aliases             = []
  certificate_arn     = null
  wait_for_deployment = false

  expire_earlier_versions = false

  config = {
    auth0 = {
      domain     = "https://tenant.example"
      client_id  = "page"
      audience   = "https://api.example"
      login_flow = "code"
    }
    scopes      = { "read:Movies" = "List the movies" }
    connections = { amazon = { display_name = "Amazon", scopes = ["read:Movies"] } }
    apis = {
      movies = {
        title       = "Movies"
        description = "The films"
        path        = "/api/movies"
        columns     = [{ name = "title", title = "Title" }]
        detail      = true
        any_of      = [["read:Movies"]]
      }
    }
  }
}
"""


class Deployment:
    """Module site, applied by Terraform to the test's own emulated AWS."""

    def __init__(self, aws: LocalAws, folder: Path) -> None:
        self.aws, self.root, self.source = aws, folder / "root", folder / "source"
        self.built = folder / "build" / "site"
        self.origin = f"http://{NAME}.localhost:{aws.port}"
        shutil.copytree(ROOT / "site", self.source / "site", ignore=shutil.ignore_patterns("node_modules"))
        (self.source / "site/node_modules").symlink_to(ROOT / "site/node_modules")
        self.root.mkdir()
        values = {"module": ROOT / "terraform/modules/site", "name": NAME, "site": self.built}
        (self.root / "main.tf").write_text(ROOT_MODULE % values, encoding="utf-8")
        self.environment = {
            **for_terraform(),
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "TF_CLI_CONFIG_FILE": str(provider_mirror.cli_config(folder / "terraform.tfrc")),
        }
        self.terraform("init", "-input=false")

    def terraform(self, *arguments: str) -> None:
        answer = subprocess.run(
            ["terraform", *arguments, "-no-color"],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode == 0, answer.stdout + answer.stderr

    def change_every_module(self) -> None:
        for module in (self.source / "site/app").rglob("*.js"):
            module.write_text(module.read_text("utf-8") + "\nconsole.debug('the second build');\n", encoding="utf-8")

    def deploy(self) -> set[str]:
        """Build and deploy, as `make up` does; return the names of the hashed files of this build."""
        build_site(self.source, self.built.parent)
        names = {f"/assets/{path.name}" for path in (self.built / "assets").iterdir()}
        headers = {"host": urlsplit(self.origin).netloc}
        with httpx.Client(base_url=self.aws.url, headers=headers, trust_env=False) as site:
            keep_superseded(site, self.built, datetime.now(UTC).date())
        self.terraform("apply", "-auto-approve")
        return names


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    aws = LocalAws(tmp_path, free_port())
    aws.start()
    try:
        yield Deployment(aws, tmp_path)
    finally:
        aws.stop()


@pytest.mark.long
def test_a_page_that_is_open_finds_its_modules_after_a_deployment(chromium: Browser, deployment: Deployment) -> None:
    first = deployment.deploy()
    page = chromium.new_page()
    page.goto(deployment.origin)
    page.get_by_role("button", name="Amazon").first.wait_for()
    loaded: list[Response] = []
    page.on("response", lambda answer: loaded.append(answer))

    deployment.change_every_module()
    second = deployment.deploy()
    late = sorted(name for name in first - second if name.endswith(".js"))
    found = page.evaluate(
        "names => Promise.all(names.map(async (name) => Object.keys(await import(name)).length >= 0))", late
    )

    assert late
    assert found == [True] * len(late)
    assert {urlsplit(answer.url).path for answer in loaded if "/assets/" in answer.url} <= first
    page.reload()
    page.get_by_role("button", name="Amazon").first.wait_for()
    assert {urlsplit(answer.url).path for answer in loaded if answer.status == 200} & (second - first)
    page.close()
