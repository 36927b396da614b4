"""A data file has one meaning: if PyYAML and Terraform's yamldecode differ, the build refuses it, with the fix."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scripts import child_environment
from scripts.build.data_files.documents import read_yaml
from scripts.errors import UserError
from scripts.tools import TERRAFORM, require

TRICKY = """
    y n Y N yes no Yes No YES NO on off On OFF true false True FALSE null Null NULL ~ << = .inf -.INF .nan +Inf inf
    0 7 -7 +7 007 017 0o17 0x1f 0X1F 0b11 1_000 1e3 1E3 1.5 -1.5 .5 5. +.5 1.5e3 1p4 1:30 1:30.5 -0 -0.0 00 0_0 1.0
    2024-01-01 2024-1-1 2024-01-01T00:00:00Z 1e 1_ _1 0x 3.0.3 12345678901234567890 read:Movies a-b -a .a +a
"""
WORDS = TRICKY.split()
WORD = st.one_of(
    st.sampled_from(WORDS), st.text(alphabet="yYnNoOfFtTrRuUeEsSiI~.+-0123456789_:xXbBpP<=", min_size=1, max_size=6)
)
QUOTED = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co")), max_size=8).map(json.dumps)
SCALAR = st.one_of(WORD, WORD, QUOTED)
DOCUMENT = st.one_of(
    st.builds("key: {}\n".format, SCALAR),
    st.builds("{}: value\n".format, SCALAR),
    st.builds("list:\n  - {}\n  - {}\nflow: [{}, {}]\n".format, SCALAR, SCALAR, SCALAR, SCALAR),
    st.builds("a: &one {{ b: {} }}\nc: *one\nd: |\n  {}\n  {}\ne: >-\n  {}\n".format, SCALAR, SCALAR, SCALAR, SCALAR),
)


def read_by_terraform(folder: Path) -> dict[str, Any]:
    """Return the value that yamldecode reads from each file of the folder, or None; all in one process."""
    expression = (
        'base64encode(jsonencode({ for name in fileset(".", "*.yaml") : '
        "name => try({ value = yamldecode(file(name)) }, null) }))\n"
    )
    answer = subprocess.run(
        [require(TERRAFORM), "console", "-no-color"],
        cwd=folder,
        env=child_environment.for_program(),
        input=expression,
        capture_output=True,
        text=True,
        check=True,
    )
    decoded: dict[str, Any] = json.loads(base64.b64decode(answer.stdout.strip().strip('"')))
    return decoded


def shape(value: Any) -> str:
    """Return a value as JSON, with one spelling for whole numbers, because Terraform has only one kind of number."""
    return json.dumps(json.loads(json.dumps(value), parse_float=_number), sort_keys=True)


def _number(text: str) -> float | int:
    return int(float(text)) if float(text).is_integer() else float(text)


def test_both_readers_agree_on_every_document_that_is_taken(tmp_path: Path) -> None:
    texts: list[str] = [f"key: {word}\n" for word in WORDS]

    @settings(max_examples=5 * settings().max_examples, database=None, suppress_health_check=list(HealthCheck))
    @given(DOCUMENT)
    def collect(text: str) -> None:
        texts.append(text)

    collect()
    by_python: dict[str, Any] = {}
    for number, text in enumerate(dict.fromkeys(texts)):
        path = tmp_path / f"{number}.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            by_python[path.name] = read_yaml(path)
        except UserError:
            path.unlink()
    by_terraform = read_by_terraform(tmp_path)
    assert len(by_python) > 60
    for name, read in by_python.items():
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert by_terraform[name] is not None, text
        assert shape(by_terraform[name]["value"]) == shape(read), text


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("enum: [DE, NO, SE]", 'NO without quotes means false to YAML; write "NO" for the text, or false'),
        ("no: 1", 'no without quotes means false to YAML; write "no" for the text, or false'),
        ("a: 1_000", 'write it in decimal digits, or "1_000" for the text'),
        ("a: 017", '"017" for the text'),
        ("a: 0o17", '"0o17" for the text'),
        ("a: 2024-01-01", 'write "2024-01-01"'),
        ("a: ~", 'write null, or "~" for the text'),
        ("a: .inf", '".inf" for the text'),
        ("a: True", 'write true in lower case, or "True" for the text'),
        ("<<: { a: 1 }", "a merge key (<<) is not read alike everywhere; write the keys out"),
        ("a: !!str 1", "the tag tag:yaml.org,2002:str changes what the value means; remove it"),
        ("a: &a [*a]", "*a is inside of &a, so it contains itself; write it out"),
        (r'a: "\ud873\udc01"', "are no characters (JSON writes two of them for one); write the character"),
        ("a: >-\n  yes", "a block (>) that holds one word is no text to some readers"),
        ("a: |-\n  5", "a block (|) that holds one word is no text to some readers"),
        ("a: [0, s:]", 'write a value after it, or "s:"'),
        ("a: {s:}", 'write a value after it, or "s:"'),
        ("a: =", 'write "="'),
        ('a: 1\n"a": 2', 'the key "a" appears twice; keep one'),
        ("1: a", 'write the key 1 in quotes: "1"'),
        ("[a]: 1", "write the key a list or a mapping in quotes"),
        ("a: [", "is not YAML: "),
        ("a: b: c", "is not YAML: mapping values are not allowed here; check the indentation"),
        ("a: *unknown", "is not YAML: found undefined alias"),
        ("--- {a: 1}\n--- {b: 1}", "is not YAML: but found another document"),
        ("a: @x", "is not YAML: "),
    ],
)
def test_a_refusal_names_file_line_and_what_to_write(line: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(f"# a comment\n{line}\n", encoding="utf-8")
    with pytest.raises(UserError) as refusal:
        read_yaml(path)
    assert str(refusal.value).startswith(f"{path}, line ")
    assert sentence in str(refusal.value)


def test_nesting_that_is_too_deep_is_a_sentence_too(tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text("a: " + "[" * 5_000 + "]" * 5_000, encoding="utf-8")
    with pytest.raises(UserError, match="line 1: this is nested more than 100 deep; write it flatter"):
        read_yaml(path)


def test_control_characters_are_refused_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "control.yaml"
    path.write_bytes(b"a: \x07\n")
    with pytest.raises(UserError, match="is not YAML in UTF-8"):
        read_yaml(path)
