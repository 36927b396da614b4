"""Install the project's own tools into its folder. Runs on the machine's Python, before any environment exists.

    python3 -I scripts/install.py                     .tools/uv and .venv, from requirements/uv.txt and dev.txt
    python3 -I scripts/install.py checkov | drills    .tools/<name>, from requirements/<name>.txt
    python3 -I scripts/install.py site                the Node.js packages of a folder with a package-lock.json

It installs only locked versions with known hashes. Outside the project's folder it writes only to the download caches
of uv, pip and npm. Make runs it when a lock file is newer than the stamp of the last run. An interrupted run leaves no
stamp, so the next run continues. Messages go to standard error, because standard output belongs to the command.
"""

import contextlib
import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
UV_VENV = TOOLS / "uv"
UV_TARGET = TOOLS / "uv-target"
PYTHON_FLOOR = (3, 11)
ENVIRONMENTS = {"dev": ROOT / ".venv", "checkov": TOOLS / "checkov", "drills": TOOLS / "drills"}
NODE_FOLDERS = ("site", "scripts/build/compiler", "tests/performance", "tests/lighthouse")


def fail(sentence: str) -> "NoReturn":
    """Print the sentence and exit with code 2."""
    print("error: " + sentence, file=sys.stderr)
    sys.exit(2)


def require_this_machine() -> None:
    """Exit with a sentence if the project does not support this operating system, or this Python is too old."""
    if sys.version_info < PYTHON_FLOOR:
        fail(f"python3 is {sys.version.split()[0]}; Gatehouse needs Python 3.11 or newer on PATH.")
    if sys.platform != "linux":
        fail(
            "Gatehouse runs on Linux only, because it runs the functions that it builds for Lambda's Linux; "
            f"on {sys.platform} use a Linux container, a virtual machine or WSL 2."
        )


def step(
    text: str, command: "list[str]", help_when_it_fails: str, environment: "dict[str, str]", cwd: Path = ROOT
) -> None:
    """Print the step and run it; if it fails, exit with the fix."""
    print("    " + text, file=sys.stderr, flush=True)
    # Keep the tool's output off standard output, too.
    result = subprocess.run(command, cwd=str(cwd), env=environment, stdin=subprocess.DEVNULL, stdout=2, check=False)
    if result.returncode:
        fail(help_when_it_fails)


def environment_of(python: str) -> "dict[str, str]":
    """Return the environment of pip and uv; `python` has pip."""
    from scripts import child_environment

    return dict(child_environment.for_installers(python), UV_PYTHON_INSTALL_DIR=str(TOOLS / "python"))


def uv() -> "list[str]":
    """Return the command that runs the pinned uv; install it first if it is missing or has another version."""
    stamp = TOOLS / "uv.txt"
    wanted = (ROOT / "requirements" / "uv.txt").read_text(encoding="utf-8")
    commands = [UV_VENV / "bin" / "uv", UV_TARGET / "bin" / "uv"]
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == wanted and any(c.exists() for c in commands)):
        install_uv()
        if not any(c.exists() for c in commands):
            fail("pip did not install uv into .tools; remove .tools and run again.")
        stamp.write_text(wanted, encoding="utf-8")
    return [str(next(c for c in commands if c.exists()))]


def python_with_pip() -> str:
    """Return a Python that has pip: the one in .tools/uv, else the machine's."""
    own = UV_VENV / "bin" / "python"
    return str(own) if own.exists() else sys.executable


def install_uv() -> None:
    """Install uv with pip: into a virtual environment if Python can make one, else into a plain folder."""
    from scripts import child_environment

    TOOLS.mkdir(exist_ok=True)
    arguments = ["install", "--quiet", "--require-hashes", "-r", "requirements/uv.txt"]
    offline = (
        "uv could not be installed from the package index; check the network, or name your index in PIP_INDEX_URL "
        "(docs/settings.md), then run again."
    )
    if has("ensurepip") and has("venv"):
        command = [sys.executable, "-I", "-m", "venv", "--clear", str(UV_VENV)]
        step("making .tools/uv", command, "Python could not make .tools/uv.", child_environment.for_program())
        python = python_with_pip()
        step("installing uv", [python, "-I", "-m", "pip", *arguments], offline, environment_of(python))
    elif has("pip"):
        command = [sys.executable, "-I", "-m", "pip", *arguments, "--upgrade", "--target", str(UV_TARGET)]
        step("installing uv", command, offline, environment_of(sys.executable))
    else:
        fail("this Python has neither venv nor pip; install one of them, on Debian with: apt-get install python3-venv")


def has(module: str) -> bool:
    """Return whether this Python can import the module."""
    answer = subprocess.run([sys.executable, "-I", "-c", "import " + module], check=False, stderr=subprocess.DEVNULL)
    return answer.returncode == 0


def install_python_packages(name: str) -> None:
    """Install a requirements file into its environment, exactly, and write the stamp."""
    environment = ENVIRONMENTS[name]
    python = environment / "bin" / "python"
    requirements = f"requirements/{name}.txt"
    print("==> Installing the pinned tools of " + requirements, file=sys.stderr, flush=True)
    command = uv()
    variables = environment_of(python_with_pip())
    wanted = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
    version = f"import platform, sys; sys.exit(not f'{{platform.python_version()}}.'.startswith('{wanted}.'))"
    if not python.exists() or subprocess.run([str(python), "-I", "-c", version], check=False).returncode:
        step(
            "finding or fetching Python " + wanted,
            [*command, "venv", "--quiet", "--clear", "--python", wanted, str(environment)],
            f"Python {wanted} is neither on this machine nor to be fetched; install Python {wanted}, or name a mirror "
            "of its builds in UV_PYTHON_INSTALL_MIRROR, and run again.",
            variables,
        )
    step(
        "installing packages",
        [*command, "pip", "sync", "--quiet", "--require-hashes", "--python", str(python), requirements],
        f"the packages of {requirements} could not be installed; check the network, or name your index in "
        "PIP_INDEX_URL, which serves pip and uv (docs/settings.md), then run again.",
        variables,
    )
    (environment / "installed").touch()


def install_node_packages(name: str) -> None:
    """Install the Node.js packages of a folder's lock file, and write the stamp."""
    from scripts import child_environment

    npm = shutil.which("npm")
    if npm is None:
        fail("npm is not on PATH; install Node.js 20 or newer from nodejs.org (npm comes with it).")
    print(f"==> Installing the locked packages of {name}/package-lock.json", file=sys.stderr, flush=True)
    folder = ROOT / name
    step(
        f"running npm ci in {name}/",
        [npm, "ci", "--silent", "--ignore-scripts", "--prefix", str(folder)],
        f"npm could not install the packages of {name}/; check the network, or name your registry in "
        "npm_config_registry, then run again.",
        child_environment.for_npm(),
        folder,
    )
    (folder / "node_modules" / ".package-lock.json").touch()


@contextlib.contextmanager
def alone(stamp: Path, lists: "list[Path]") -> "Iterator[bool]":
    """Wait until nobody else installs from the first of the lists; yield whether the packages are still to install.

    `make up` in one terminal and `make test` in another would otherwise remove each other's half-installed packages. A
    build locks the same file of a Node.js folder (scripts/build/npm_packages.py).
    """
    with lists[0].open(encoding="utf-8") as lock:
        is_to_do = True
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("    another make installs packages here; waiting for it", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
            is_to_do = not stamp.exists() or stamp.stat().st_mtime < max(one.stat().st_mtime for one in lists)
        yield is_to_do


def main() -> None:
    """Install the tools that the argument names; without one, those of `dev`."""
    require_this_machine()
    sys.path.insert(0, str(ROOT))
    name = sys.argv[1] if len(sys.argv) > 1 else "dev"
    if name in ENVIRONMENTS:
        lists = [ROOT / "requirements" / "uv.txt", ROOT / "requirements" / (name + ".txt"), ROOT / ".python-version"]
        with alone(ENVIRONMENTS[name] / "installed", lists) as is_to_do:
            if is_to_do:
                install_python_packages(name)
    elif name in NODE_FOLDERS:
        stamp = ROOT / name / "node_modules" / ".package-lock.json"
        with alone(stamp, [ROOT / name / "package-lock.json"]) as is_to_do:
            if is_to_do:
                install_node_packages(name)
    else:
        fail(f"there is nothing to install for '{name}'; choose one of: {', '.join([*ENVIRONMENTS, *NODE_FOLDERS])}.")


if __name__ == "__main__":
    main()
