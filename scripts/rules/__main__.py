"""`python -m scripts.rules [check | matrix] [--root DIRECTORY]`: check the data files, or show who can call what."""

import argparse
from pathlib import Path

from scripts.errors import run
from scripts.rules.documents import ROOT
from scripts.rules.matrix import matrix, summary
from scripts.rules.project import load_project


def main() -> None:
    """Print the summary or the matrix of the data files under the root; a mistake in them ends with exit code 2."""
    parser = argparse.ArgumentParser(prog="python -m scripts.rules", description=__doc__)
    parser.add_argument("show", nargs="?", choices=["check", "matrix"], default="check")
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout to read, to compare two of them")
    arguments = parser.parse_args()
    project = load_project(arguments.root)
    print(matrix(project) if arguments.show == "matrix" else summary(project))


if __name__ == "__main__":
    run(main)
