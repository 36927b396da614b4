"""Refuses YAML that PyYAML and Terraform's yamldecode could read differently, or that is misleading.

Python and Terraform both read the data files: PyYAML by YAML 1.1 (https://yaml.org/type/), Terraform by a part of it
(https://github.com/zclconf/go-cty-yaml/blob/main/resolve.go). An unquoted word is accepted only if both read it alike:
text, `true`, `false`, `null`, and a number in plain decimal digits.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

_PLAIN = re.compile(r"true|false|null||-?[1-9]\d{0,14}|0|-?(?:0|[1-9]\d{0,7})\.\d{1,7}")
"""Unquoted words, other than text, that both readers read alike."""

_BOOLEANS = {"y": "true", "yes": "true", "on": "true", "n": "false", "no": "false", "off": "false"}
_NUMBER = re.compile(
    r"""[-+.]*[0-9][0-9_]*(?:[.][0-9_]*)?(?:[eEpP][-+]?[0-9_]*)?   # 1_000, 017, .5, 1e3
      | [-+]?0[xXoObB][0-9a-fA-F_]*                                 # 0x1f, 0o17
      | [-+]?[.]?(?:inf|nan)                                        # .inf, -Inf
      | [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:[.][0-9_]*)?           # 1:30, base 60""",
    re.VERBOSE | re.IGNORECASE,
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_DEEPEST = 100  # levels, because Python's parsers recurse; our documents have at most 20
_COLON_AT_THE_END = re.compile(r":[,\[\]{}]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?")


@dataclass(frozen=True)
class Problem:
    """The problem and its line, counted from 1."""

    line: int
    sentence: str


def problems(text: str) -> Iterator[Problem]:
    """Yield each ambiguous piece of YAML, in the order of the lines.

    libyaml reads the text. PyYAML's slower parser reads only what libyaml refuses, because its messages say more.

    Raises:
        yaml.YAMLError: the text is not YAML.
    """
    try:
        found = list(_problems(text, yaml.CSafeLoader))
    except yaml.YAMLError:
        found = list(_problems(text, yaml.SafeLoader))
    yield from found


def _problems(text: str, loader: type[yaml.CSafeLoader | yaml.SafeLoader]) -> Iterator[Problem]:
    open_anchors: list[str | None] = []
    for event in yaml.parse(text, Loader=loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if (sentence := _of_event(event, open_anchors, text)) is not None:
            yield Problem(line, sentence)
        if isinstance(event, yaml.CollectionStartEvent):
            open_anchors.append(event.anchor)
            if len(open_anchors) > _DEEPEST:
                yield Problem(line, f"this is nested more than {_DEEPEST} deep; write it flatter")
                return
        elif isinstance(event, yaml.CollectionEndEvent):
            open_anchors.pop()


def _of_event(event: yaml.Event, open_anchors: list[str | None], text: str) -> str | None:
    """Return the problem of one parser event; `open_anchors`: the anchors of the lists and mappings around it."""
    if isinstance(event, yaml.DocumentStartEvent) and (event.version or event.tags):
        return "a line that begins with % changes what the rest means; remove it"
    if isinstance(event, yaml.AliasEvent) and event.anchor in open_anchors:
        return f"*{event.anchor} is inside of &{event.anchor}, so it contains itself; write it out"
    if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
        return f"the tag {event.tag} changes what the value means; remove it, and quote a text"
    return _of_scalar(event, text) if isinstance(event, yaml.ScalarEvent) else None


def _of_scalar(event: yaml.ScalarEvent, text: str) -> str | None:
    word = event.value
    if _SURROGATE.search(word):
        return r"\ud800 to \udfff are no characters (JSON writes two of them for one); write the character"
    if event.end_mark and _COLON_AT_THE_END.match(text, event.end_mark.index):
        return f'the colon after {word} is a part of the text to some readers; write a value after it, or "{word}:"'
    if not event.style:  # None, or libyaml's "": an unquoted word
        return _of_word(word)
    if event.style in {"|", ">"} and (_PLAIN.fullmatch(word) or _of_word(word)):
        # Terraform reads a block of one word like an unquoted word; PyYAML reads every block as text.
        return f'a block ({event.style}) that holds one word is no text to some readers; write it in "..."'
    return None


def _of_word(word: str) -> str | None:
    """Return why an unquoted word is refused and what to write instead; None if both readers read it alike."""
    quoted = f'"{word}"'
    if _PLAIN.fullmatch(word):
        return None
    if word == "<<":
        return "a merge key (<<) is not read alike everywhere; write the keys out"
    if meaning := _BOOLEANS.get(word.lower()):
        return f"{word} without quotes means {meaning} to YAML; write {quoted} for the text, or {meaning}"
    if word.lower() in {"true", "false"}:
        return f"write {word.lower()} in lower case, or {quoted} for the text"
    if word == "~" or word.lower() == "null":
        return f"{word} without quotes means no value to YAML; write null, or {quoted} for the text"
    if _DATE.fullmatch(word):
        return f"{word} without quotes is a date to some readers; write {quoted}"
    if _NUMBER.fullmatch(word):
        return (
            f"{word} without quotes is a number to some readers and a text or another number to others; "
            f"write it in decimal digits, or {quoted} for the text"
        )
    tag = yaml.resolver.Resolver().resolve(yaml.ScalarNode, word, (True, False))  # type: ignore[no-untyped-call]
    if tag != "tag:yaml.org,2002:str":
        return f"{word} without quotes has a meaning of its own in YAML; write {quoted}"
    return None
