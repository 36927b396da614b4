"""Install the project's own tools into its folder. Runs on the machine's Python, before any environment exists.

    python3 scripts/install.py            .tools/uv and .venv, from requirements/uv.txt and requirements/dev.txt
    python3 scripts/install.py checkov    .tools/checkov, from requirements/checkov.txt

Only hashed requirements are installed and nothing outside the project's folder is touched, but for uv's and pip's own
download caches. Make runs it when a requirements file is newer than the stamp that it leaves; an interrupted run
leaves no stamp, so the next one goes on.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
UV_VENV = TOOLS / "uv"
UV_TARGET = TOOLS / "uv-target"
PYTHON_FLOOR = (3, 11)
ENVIRONMENTS = {"dev": ROOT / ".venv", "checkov": TOOLS / "checkov"}


def fail(sentence: str) -> None:
    """End with the sentence and exit code 2."""
    print("error: " + sentence, file=sys.stderr)
    sys.exit(2)


def step(text: str, command: "list[str]", help_when_it_fails: str) -> None:
    """Say what is done, do it, and end with the fix when it fails."""
    print("    " + text, flush=True)
    environment = dict(os.environ, UV_PYTHON_INSTALL_DIR=str(TOOLS / "python"), UV_NO_PROGRESS="1")
    environment.pop("VIRTUAL_ENV", None)
    result = subprocess.run(command, cwd=str(ROOT), env=environment, check=False)
    if result.returncode:
        fail(help_when_it_fails)


def uv() -> "list[str]":
    """Return the command that runs the pinned uv, installing it first when it is missing or another version."""
    stamp = TOOLS / "uv.txt"
    wanted = (ROOT / "requirements" / "uv.txt").read_text(encoding="utf-8")
    commands = [UV_VENV / "bin" / "uv", UV_TARGET / "bin" / "uv"]
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == wanted and any(c.exists() for c in commands)):
        install_uv()
        stamp.write_text(wanted, encoding="utf-8")
    return [str(next(c for c in commands if c.exists()))]


def install_uv() -> None:
    """Install uv with pip: into an environment where Python can make one, else into a plain folder."""
    TOOLS.mkdir(exist_ok=True)
    arguments = ["install", "--quiet", "--require-hashes", "-r", "requirements/uv.txt"]
    offline = "uv could not be installed from the package index; check the network and pip's settings, then run again."
    if has("ensurepip") and has("venv"):
        step(
            "making .tools/uv",
            [sys.executable, "-m", "venv", "--clear", str(UV_VENV)],
            "Python could not make .tools/uv.",
        )
        step("installing uv", [str(UV_VENV / "bin" / "python"), "-m", "pip", *arguments], offline)
    elif has("pip"):
        step(
            "installing uv", [sys.executable, "-m", "pip", *arguments, "--upgrade", "--target", str(UV_TARGET)], offline
        )
    else:
        fail("this Python has neither venv nor pip; install one of them, on Debian with: apt-get install python3-venv")


def has(module: str) -> bool:
    """Tell whether this Python can import the module."""
    return (
        subprocess.run([sys.executable, "-c", "import " + module], check=False, stderr=subprocess.DEVNULL).returncode
        == 0
    )


def main() -> None:
    """Bring one environment to its requirements file and leave the stamp."""
    if sys.version_info < PYTHON_FLOOR:
        fail(f"python3 is {sys.version.split()[0]}; Gatehouse needs 3.11 or newer on PATH to start from.")
    name = sys.argv[1] if len(sys.argv) > 1 else "dev"
    if name not in ENVIRONMENTS:
        fail("there is no environment '{}'; choose one of: {}.".format(name, ", ".join(ENVIRONMENTS)))
    environment = ENVIRONMENTS[name]
    python = environment / "bin" / "python"
    requirements = f"requirements/{name}.txt"
    print(f"==> Installing the pinned tools of {requirements}", flush=True)
    command = uv()
    wanted = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
    version = f"import sys; sys.exit('.'.join(map(str, sys.version_info[:2])) != '{wanted}')"
    if not python.exists() or subprocess.run([str(python), "-c", version], check=False).returncode:
        step(
            f"finding or fetching Python {wanted}",
            [*command, "venv", "--quiet", "--clear", "--python", wanted, str(environment)],
            f"Python {wanted} is neither on this machine nor to be fetched; install it and run again.",
        )
    step(
        "installing packages",
        [*command, "pip", "sync", "--quiet", "--require-hashes", "--python", str(python), requirements],
        f"the packages of {requirements} could not be installed; check the network, then run again.",
    )
    (environment / "installed").touch()


if __name__ == "__main__":
    main()
