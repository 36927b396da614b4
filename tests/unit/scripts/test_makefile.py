"""The Makefile: its verbs, and the verbs that documents and messages name."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from scripts.tools import ROOT

pytestmark = pytest.mark.process

VERBS = set(re.findall(r"^([a-z][a-z-]*):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
READ = {".md", ".py", ".js", ".mjs", ".tf", ".tfvars", ".yaml", ".yml", ".html"}
FOREIGN = {"node_modules", ".venv", ".tools", "build", ".local", ".terraform", ".git"}


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    shell = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(["make", *arguments], cwd=ROOT, env=shell, capture_output=True, text=True, check=False)


def sources() -> list[Path]:
    found = []
    for folder, folders, files in ROOT.walk():
        folders[:] = set(folders) - FOREIGN
        found += [folder / name for name in files if Path(name).suffix in READ]
    return found


def test_every_verb_that_a_message_or_a_document_names_is_one() -> None:
    for path in sources():
        in_sentences = re.findall(r"`make ([a-z][a-z-]*)", path.read_text(encoding="utf-8"))
        in_examples = re.findall(
            r"^(?: {4}|\$ |)make ([a-z][a-z-]*)(?: {2,}|$| [A-Z]+=)", path.read_text(), re.MULTILINE
        )
        for verb in {*in_sentences, *in_examples}:
            assert verb in VERBS, f"{path.relative_to(ROOT)} names `make {verb}`"


@pytest.mark.parametrize(("verb", "near"), [("tests", "test"), ("terraform", "test-terraform"), ("upp", "up")])
def test_an_unknown_verb_is_an_error_with_the_nearest_one_also_where_a_folder_has_its_name(
    verb: str, near: str
) -> None:
    answer = make(verb)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert f"there is no verb '{verb}'; did you mean `make {near}`?" in answer.stderr


def test_a_verb_like_no_other_is_an_error_too() -> None:
    answer = make("qqq")
    assert answer.returncode == 2
    assert "there is no verb 'qqq'; `make` alone lists all" in answer.stderr


def test_a_token_is_not_printed_between_lines_of_make_itself() -> None:
    answer = make("-C", str(ROOT), "token", "CONNECTION=amazon")
    assert answer.returncode == 2
    assert "use `make -s -C <folder> token`" in answer.stderr


def test_every_verb_has_a_line_in_the_list() -> None:
    answer = make()
    assert {line.split()[1] for line in answer.stdout.splitlines()} == VERBS
