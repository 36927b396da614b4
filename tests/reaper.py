"""Ends the processes that a test run leaves, however the run ended: by SIGTERM, by SIGKILL, or out of memory.

A test run starts one reaper, `python tests/reaper.py <folder>`, and holds the other end of its standard input. The
kernel closes that end when the run's process ends. Then the reaper ends every process that works in the folder.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

STOP_SECONDS = 20
FOLDER = "GATEHOUSE_TEST_FOLDER"
"""The variable that names the folder to every process of the run; the fork server and its forks have no other."""
_TRACKER = "from multiprocessing.resource_tracker"  # it ignores signals, and ends by itself after those it serves
_WHERE_THE_SHELL_IS = {"PWD", "OLDPWD"}


@contextlib.contextmanager
def reaping(folder: Path) -> Iterator[None]:
    """End the processes that work in the folder when the block ends, or when this process does."""
    reaper = subprocess.Popen(
        [sys.executable, __file__, str(folder)],
        stdin=subprocess.PIPE,
        start_new_session=True,  # so that a signal to the run's process group does not reach it
    )
    assert reaper.stdin is not None
    os.environ[FOLDER] = str(folder)
    try:
        yield
    finally:
        del os.environ[FOLDER]
        reaper.stdin.close()
        reaper.wait()


def works_in(folder: Path, process: psutil.Process) -> bool:
    """Return whether a process is our Python, Terraform or a provider, with an argument or a variable in the folder.

    An editor or a pager that shows a file of the folder does not count.
    """
    try:
        command = _command(process)
        if not command or (command[0] != sys.executable and not Path(command[0]).name.startswith("terraform")):
            return False
        if any(word.startswith(_TRACKER) for word in command):
            return False
        variables = process.environ().items()
    except psutil.Error:
        return False  # gone, or another user's
    values = [*command[1:], *(value for name, value in variables if name not in _WHERE_THE_SHELL_IS)]
    return any(value == str(folder) or value.startswith(f"{folder}{os.sep}") for value in values)


def _command(process: psutil.Process) -> list[str]:
    """Return the command line, empty for a kernel thread.

    It is also empty for a moment while `execve` replaces the program, which a busy machine makes longer; wait for it.
    """
    while not (command := process.cmdline()) and process.exe() and time.time() - process.create_time() < STOP_SECONDS:
        time.sleep(0.01)
    return command


def end_all(folder: Path) -> None:
    """End the processes that work in the folder, and their children, until none is left."""
    own = psutil.Process()
    while found := [each for each in psutil.process_iter() if each != own and works_in(folder, each)]:
        family = set(found)
        for process in found:
            with contextlib.suppress(psutil.Error):
                family.update(process.children(recursive=True))
            with contextlib.suppress(psutil.Error):
                process.terminate()
        for survivor in left_of(family):
            with contextlib.suppress(psutil.Error):
                survivor.kill()
        left_of(family)


def left_of(family: set[psutil.Process]) -> list[psutil.Process]:
    """Wait for the processes to end, and return those that still run after STOP_SECONDS.

    A zombie has ended; its parent, the test run, waits for the reaper and collects it only later.
    """
    end = time.monotonic() + STOP_SECONDS
    while (left := [process for process in family if _runs(process)]) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


if __name__ == "__main__":
    sys.stdin.read()
    end_all(Path(sys.argv[1]))
