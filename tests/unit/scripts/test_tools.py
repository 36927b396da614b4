import os
from pathlib import Path
from typing import Protocol

import pytest

from scripts import tools
from scripts.errors import UserError

pytestmark = pytest.mark.process


class PutOnPath(Protocol):
    """Puts a program on the test's PATH that prints the words and exits with the code; returns its path."""

    def __call__(self, name: str, words: str, code: int = 0) -> Path: ...


@pytest.fixture
def path_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PutOnPath:
    """Put a program with the given name and output on an otherwise empty PATH."""

    def put(name: str, words: str, code: int = 0) -> Path:
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho '{words}'\nexit {code}\n")
        program.chmod(0o755)
        return program

    monkeypatch.setenv("PATH", str(tmp_path))
    return put


def test_a_new_enough_tool_is_found(path_with: PutOnPath) -> None:
    program = path_with("terraform", "Terraform v1.11.4")
    assert tools.require(tools.TERRAFORM) == program


def test_a_missing_tool_names_its_version_and_source(path_with: PutOnPath) -> None:
    with pytest.raises(UserError, match=r"terraform is not on PATH; install terraform 1\.11 or newer from developer"):
        tools.require(tools.TERRAFORM)


@pytest.mark.parametrize(("tool", "words"), [(tools.TERRAFORM, "Terraform v1.9.8"), (tools.NODE, "v18.20.0")])
def test_an_old_tool_tells_both_versions(path_with: PutOnPath, tool: tools.Tool, words: str) -> None:
    path_with(tool.command, words)
    with pytest.raises(UserError, match=rf"{tool.command} is \d.*; Gatehouse needs .* or newer"):
        tools.require(tool)


def test_a_broken_tool_has_another_message_than_a_missing_one(path_with: PutOnPath) -> None:
    path_with("node", "cannot start", code=1)
    with pytest.raises(UserError, match="does not print its version"):
        tools.require(tools.NODE)


def test_chromium_is_taken_from_the_variable(path_with: PutOnPath, monkeypatch: pytest.MonkeyPatch) -> None:
    program = path_with("my-browser", "Chromium 150")
    monkeypatch.setenv("CHROMIUM", str(program))
    assert tools.find_chromium() == program


def test_a_chromium_variable_that_names_nothing_is_refused(
    path_with: PutOnPath, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(UserError, match="CHROMIUM names /nowhere/chromium, which is not a program"):
        tools.find_chromium()


def test_the_browser_without_a_window_is_preferred(path_with: PutOnPath, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    path_with("chromium", "Chromium 150")
    shell = path_with("chromium-headless-shell", "Chromium 150")
    assert tools.find_chromium() == shell


def test_without_a_browser_and_without_root_the_message_names_the_package(
    path_with: PutOnPath, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(UserError, match="apt-get install chromium"):
        tools.find_chromium()
