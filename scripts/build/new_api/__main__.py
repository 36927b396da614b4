"""`make new-api NAME=orders [CONNECTION=amazon] [WRITES=yes]`: add an API that passes every check.

It writes functions/<name>, and adds the API's scopes to access.yaml and its name to pyproject.toml. The build checks
all of it in a copy first, so a mistake changes nothing.
"""

import os
import shutil
import tempfile
from pathlib import Path

from scripts import command_line, whole_file
from scripts.build.data_files import load_project
from scripts.build.data_files.documents import hint, read_yaml
from scripts.build.new_api import folder
from scripts.build.new_api.insertion import into_mapping, into_package_lists, into_sequence
from scripts.console import detail, step
from scripts.errors import UserError, run
from scripts.tools import ROOT

ACCESS, PACKAGES = Path("auth0/access.yaml"), Path("pyproject.toml")


def main() -> None:
    """Add the API that the environment variables name, and print the next steps; raises UserError."""
    parser = command_line.parser("new-api", __doc__)
    parser.add_argument(
        "name", nargs="?", default=os.environ.get("NAME"), help="a plural noun such as orders (default: NAME)"
    )
    parser.add_argument(
        "--connection", default=os.environ.get("CONNECTION"), help="gets the scopes (default: CONNECTION)"
    )
    parser.add_argument(
        "--writes",
        choices=["yes", "no"],
        default=os.environ.get("WRITES") or "no",
        help="yes adds POST, PUT and DELETE (default: WRITES)",
    )
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout to change")
    arguments = parser.parse_args()
    if not arguments.name:
        raise UserError("name the API with a plural noun: make new-api NAME=orders.")
    add(arguments.root, arguments.name, arguments.connection or None, writes=arguments.writes == "yes")


def add(root: Path, name: str, connection: str | None, *, writes: bool) -> None:
    """Add the API to a checkout.

    Raises:
        UserError: the name is taken or not allowed, or access.yaml has no such connection.
    """
    if (root / "functions" / name).exists():
        raise UserError(f"functions/{name} exists; choose another NAME, or remove the folder first.")
    files = {Path("functions", name, file): text for file, text in folder.files(name, writes=writes).items()}
    files[ACCESS] = _with_scopes(root, folder.scopes(name, writes=writes), connection)
    files[PACKAGES] = into_package_lists((root / PACKAGES).read_text(encoding="utf-8"), name)
    _check(root, files)
    step(f"Adding the API {name}")
    for path, text in files.items():
        whole_file.write(root / path, text.encode())
        detail(f"wrote {path}")
    _say_what_is_next(name, connection, folder.scopes(name, writes=writes))


def _with_scopes(root: Path, scopes: dict[str, str], connection: str | None) -> str:
    """Return access.yaml with the scopes declared, and granted to the connection."""
    connections = read_yaml(root / ACCESS).get("connections", {})
    if connection is not None and connection not in connections:
        raise UserError(f"{ACCESS} has no connection {connection}{hint(connection, connections)}.")
    text = (root / ACCESS).read_text(encoding="utf-8")
    for scope, title in scopes.items():
        text = into_mapping(text, ["scopes"], scope, title)
        if connection is not None:
            text = into_sequence(text, ["connections", connection, "scopes"], scope)
    return text


def _check(root: Path, files: dict[Path, str]) -> None:
    """Raise UserError if the build would refuse the checkout with these files."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for part in ("auth0", "functions"):
            shutil.copytree(root / part, copy / part, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        (copy / "site").symlink_to(root.absolute() / "site")
        for path, text in files.items():
            whole_file.write(copy / path, text.encode())
        try:
            load_project(copy)
        except UserError as error:
            raise UserError(str(error).replace(f"{copy}/", "")) from error


def _say_what_is_next(name: str, connection: str | None, scopes: dict[str, str]) -> None:
    step("Next")
    if connection is None:
        detail(f"grant {', '.join(scopes)} to a connection or a machine client in {ACCESS}; so far nobody has them")
    detail(f"define the item's fields in functions/{name}/openapi.yaml and sample.json")
    detail("`make access-diff` shows which operations open, and for whom")
    detail("run `make check`, then `make up`")


if __name__ == "__main__":
    run(main)
