"""The folder of a new API: a document, a handler of one statement, one sample row."""

import json
from pathlib import Path
from string import Template

_TEMPLATE = Path(__file__).with_name("openapi.yaml.template")
_WRITES = {"create": "Add", "update": "Replace", "delete": "Delete"}


class _Document(Template):
    delimiter = "%"  # `$` begins $ref


def scopes(name: str, *, writes: bool) -> dict[str, str]:
    """Return the scopes of the API with a sentence for each: `read:Orders` and, if it writes, three more."""
    title = name.capitalize()
    found = {f"read:{title}": f"List the {name}"}
    if writes:
        found |= {f"{verb}:{title}": f"{word} {_article(name)}" for verb, word in _WRITES.items()}
    return found


def files(name: str, *, writes: bool) -> dict[str, str]:
    """Return the content of each file of the folder, by its name."""
    return {
        "openapi.yaml": _document(name, writes=writes),
        "handler.py": (
            f'"""The handler of the {name} API; Lambda calls it through guard.main."""\n\n'
            "from table_api.entry import lambda_handler\n\n"
            f"handler = lambda_handler({json.dumps(name)})\n"
        ),
        "sample.json": json.dumps([{"id": "first", "name": "The first"}], indent=2) + "\n",
        "__init__.py": f'"""The {name} API: openapi.yaml declares its operations, sample.json its first items."""\n',
    }


def _document(name: str, *, writes: bool) -> str:
    item = _singular(name)
    text = _Document(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        api=name, Api=name.capitalize(), item=item, an_item=_article(name), Item=item.capitalize()
    )
    kept, inside = [], False
    for line in text.splitlines(keepends=True):
        if line.strip() in {"# writes:", "# :writes"}:
            inside = line.strip() == "# writes:"
        elif writes or not inside:
            kept.append(line)
    return "".join(kept)


def _article(name: str) -> str:
    item = _singular(name)
    return f"{'an' if item[0] in 'aeiou' else 'a'} {item}"


def _singular(name: str) -> str:
    """Return the singular noun for the schemas' names. If the English word is irregular, the author renames it."""
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else f"{name}item"
