"""`make new-environment NAME=<name>`: write the two files of an environment, and say what to fill in.

The files go to terraform/cloud/environments. The command overwrites no file, and creates nothing in the cloud.
"""

import os
import re
from pathlib import Path

from scripts import command_line
from scripts.console import detail, step
from scripts.environments import CLOUD, LOCAL, is_preview
from scripts.errors import UserError, run
from scripts.project_name import PROJECT

_NAME = re.compile(r"[a-z][a-z0-9]{1,9}")  # as module stack takes it: a part of names in AWS
_TFVARS = """\
# Yours to fill in: the address of the tenant and the number of the account.
tokens         = {{ issuer = "https://{project}-{name}.eu.auth0.com/" }} # Auth0 > Settings; ends in a slash
aws_account_id = "000000000000"

environment = "{name}"
region      = "eu-west-1"
production  = false # true protects the tables, and refuses Auth0's development keys and http addresses
"""
_BACKEND = """\
# Yours to fill in: a private, versioned bucket of the account that {name}.tfvars names; `make bootstrap` makes it.
bucket = "{project}-{name}-terraform-state"
key    = "{project}/{name}.tfstate"
region = "eu-west-1"
"""


def main() -> None:
    """Write the files."""
    parser = command_line.parser("new-environment", __doc__)
    parser.add_argument("--name", default=os.environ.get("NAME", ""), help="default: NAME")
    parser.add_argument("--folder", type=Path, default=CLOUD / "environments", help="another folder of environments")
    arguments = parser.parse_args()
    written = write(arguments.name, arguments.folder)
    step(f"Wrote {' and '.join(path.name for path in written)}")
    detail("fill in the issuer, the account, the region in both, and a bucket name that is unique in AWS")
    detail(f"the environment needs an Auth0 tenant of its own; then: make bootstrap, doctor, plan ENV={arguments.name}")
    detail("for GitHub: add it to the lists `environment:` of .github/workflows, and see docs/pipeline.md")


def write(name: str, folder: Path) -> list[Path]:
    """Write the files of an environment into a folder, and return their paths.

    Raises:
        UserError: the name is invalid, or taken.
    """
    if not _NAME.fullmatch(name):
        raise UserError("write NAME=<name>: 2 to 10 lower-case letters and digits, beginning with a letter.")
    paths = {folder / f"{name}.tfvars": _TFVARS, folder / f"{name}.s3.tfbackend": _BACKEND}
    taken = [path.name for path in paths if path.exists()]
    if taken or name == LOCAL or is_preview(name):
        raise UserError(f"the environment {name} exists already; choose another name.")
    for path, text in paths.items():
        path.write_text(text.format(project=PROJECT, name=name), encoding="utf-8")
    return [*paths]


if __name__ == "__main__":
    run(main)
