"""`python -m scripts.build [--architecture x86_64 | arm64]`: build the Lambdas' zips and the site into build/."""

import argparse
import platform
from pathlib import Path

from scripts.build.functions import build_functions
from scripts.build.site import build_site
from scripts.build.wheels import ARCHITECTURES
from scripts.errors import run

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Check the data files, then bring build/ up to date and print a line for each thing in it."""
    this_machine = "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"
    parser = argparse.ArgumentParser(prog="python -m scripts.build", description=__doc__)
    parser.add_argument("--architecture", choices=ARCHITECTURES, default=this_machine, help="default: this machine's")
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout to build")
    parser.add_argument("--output", type=Path, help="default: build/ in the root")
    arguments = parser.parse_args()
    output = arguments.output or arguments.root / "build"
    for built in build_functions(arguments.root, output, arguments.architecture):
        name = f"{arguments.architecture}/{built.path.name}"
        state = "built" if built.changed else "unchanged"
        print(f"{name:24} {built.size_bytes / 1e6:5.1f} MB  sha256 {built.sha256[:12]}  {state}", flush=True)
    folder, count, changed = build_site(arguments.root, output)
    print(f"{folder.name:24} {count:5} files {'':19} {'built' if changed else 'unchanged'}")


if __name__ == "__main__":
    run(main)
