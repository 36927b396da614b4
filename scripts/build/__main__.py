"""`python -m scripts.build [--architecture x86_64 | arm64]`: build the Lambdas' zips and the site into build/."""

import argparse
from pathlib import Path

from scripts.build.artifacts import build, machine_architecture
from scripts.build.wheels import ARCHITECTURES
from scripts.errors import run
from scripts.tools import ROOT


def main() -> None:
    """Check the data files, bring build/ up to date, and print a line for each artifact in it."""
    parser = argparse.ArgumentParser(prog="python -m scripts.build", description=__doc__)
    parser.add_argument(
        "--architecture", choices=ARCHITECTURES, default=machine_architecture(), help="default: this machine's"
    )
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout to build")
    parser.add_argument("--output", type=Path, help="default: build/ in the root")
    parser.add_argument(
        "--accept-libraries", action="store_true", help="record the hashes of the site's libraries, after an upgrade"
    )
    arguments = parser.parse_args()
    build(arguments.architecture, arguments.root, arguments.output, accept_libraries=arguments.accept_libraries)


if __name__ == "__main__":
    run(main)
