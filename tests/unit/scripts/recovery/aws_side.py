"""A root of the AWS side with one API, in its own project, for an emulated AWS."""

import json
import zipfile
from pathlib import Path

import boto3

from scripts import child_environment, provider_mirror
from scripts.build import subject_hash_key
from scripts.local_stack.definitions import CREDENTIALS
from scripts.recovery.account import Account
from scripts.terraform_root import TerraformRoot
from scripts.tools import ROOT
from tests.checkout import EXAMPLE
from tests.unit.local.aws.conftest import LocalAws

API = "movies"
SECRET = "a secret of the test, long enough"
HASH_KEY = "a key that only the test knows"
MAIN = """
terraform {
  backend "local" {
    path = %(state)s
  }
}

provider "aws" {
  default_tags {
    tags = { project = "films", environment = %(environment)s }
  }
}

module "stack" {
  source      = "../modules/stack"
  project     = "films"
  environment = %(environment)s

  access              = yamldecode(file(%(access)s))
  client_id           = "the site"
  machine_client_ids  = {}
  login_flow          = "code"
  architecture        = "x86_64"
  protect_data        = false
  wait_for_deployment = false

  tokens = {
    issuer            = "https://films.example/"
    signing_algorithm = "HS256"
  }

  directories = { functions = %(functions)s, archives = %(archives)s, site = %(site)s }
}
"""


def make_root(aws: LocalAws, environment: str, folder: Path) -> TerraformRoot:
    """Return an initialised root that declares module stack; its state goes to `state.tfstate` in the folder."""
    here = folder / "project" / "terraform" / "root"
    here.mkdir(parents=True)
    (here.parent / "modules").symlink_to(ROOT / "terraform" / "modules")
    (folder / "functions").mkdir()
    (folder / "functions" / API).symlink_to(EXAMPLE / "functions" / API)
    archives = folder / "archives" / "x86_64"
    archives.mkdir(parents=True)
    for name in ("authorizer", API):
        with zipfile.ZipFile(archives / f"{name}.zip", "w") as archive:
            archive.writestr("code.py", "")
    subject_hash_key.replace(archives.parent, HASH_KEY)
    values = {
        "state": folder / "state.tfstate",
        "environment": environment,
        "access": EXAMPLE / "auth0" / "access.yaml",
        "functions": folder / "functions",
        "archives": archives.parent,
        "site": ROOT / "terraform" / "modules" / "site" / "tests" / "site",
    }
    (here / "main.tf").write_text(MAIN % {name: json.dumps(str(value)) for name, value in values.items()})
    variables = {
        **child_environment.for_terraform(),
        **CREDENTIALS,
        "AWS_ENDPOINT_URL": aws.url,
        "TF_CLI_CONFIG_FILE": str(provider_mirror.cli_config(folder / "terraform.tfrc")),
    }
    root = TerraformRoot(here, folder / "data", folder / "terraform.log", variables)
    root.init({}, lock_file="update")
    return root


def account(aws: LocalAws) -> Account:
    return Account(boto3.Session("test", "test", region_name=CREDENTIALS["AWS_REGION"]), aws.url)
