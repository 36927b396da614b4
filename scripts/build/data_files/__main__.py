"""`python -m scripts.build.data_files [--root DIRECTORY]`: check the data files."""

import argparse
from pathlib import Path

from scripts.build.data_files.operations import operations
from scripts.build.data_files.project import Project, load_project
from scripts.errors import run
from scripts.tools import ROOT


def main() -> None:
    """Print one line about the data files under the root; a mistake in them ends with exit code 2."""
    parser = argparse.ArgumentParser(prog="python -m scripts.build.data_files", description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout to read")
    print(summary(load_project(parser.parse_args().root)))


def summary(project: Project) -> str:
    """Return one line: the number of APIs, of operations, and of public operations."""
    found = [operation for document in project.apis.values() for operation in operations(document)]
    public = sum(operation.any_of is None for operation in found)
    return f"access.yaml and {_count(len(project.apis), 'API')}: {_count(len(found), 'operation')}, {public} public"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


if __name__ == "__main__":
    run(main)
