"""Reads a YAML file strictly, and turns the errors of a JSON Schema into sentences that name the fix."""

import difflib
import functools
import json
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from scripts.build.data_files import yaml_meaning
from scripts.errors import UserError
from scripts.tools import ROOT


def shown(path: Path) -> str:
    """Return the file's path for people: relative to the repository's root if it is inside, else absolute."""
    absolute = path.absolute()
    return str(absolute.relative_to(ROOT)) if absolute.is_relative_to(ROOT) else str(path)


def hint(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean "read:Movies"?`; or the allowed words if none is similar; empty if there are none."""
    allowed = sorted(known)
    folded = {candidate.casefold(): candidate for candidate in allowed}
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    if near:
        return f'; did you mean "{folded[near[0]]}"?'
    return f"; allowed: {', '.join(allowed)}" if allowed else ""


def reject(problems: list[str]) -> None:
    """Raise one UserError with a line for each problem, if there is any."""
    if problems:
        raise UserError("\n       ".join(problems))


class _StrictLoader(yaml.CSafeLoader):
    """YAML as Terraform's yamldecode reads it: each key is text and appears once.

    libyaml, in C, is ten times as fast as PyYAML alone, and Terraform's reader is a port of libyaml.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002
        """Refuse repeated keys: PyYAML silently keeps the last one, which could grant more than a reader saw."""
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                written = key_node.value if isinstance(key_node, yaml.ScalarNode) else "a list or a mapping"
                raise yaml.constructor.ConstructorError(
                    None, None, f'write the key {written} in quotes: "{written}"', key_node.start_mark
                )
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f'the key "{key}" appears twice; keep one', key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping that a YAML file holds.

    Raises UserError if the file is missing, is not YAML, could be read in two ways (see yaml_meaning), repeats a key,
    has a key that is not text, or is not a mapping; the text names file, line and fix.
    """
    try:
        text = path.read_text(encoding="utf-8")
        reject([f"{shown(path)}, line {problem.line}: {problem.sentence}" for problem in yaml_meaning.problems(text)])
        data = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - derived from CSafeLoader
    except FileNotFoundError as error:
        raise UserError(f"{shown(path)} does not exist; create it") from error
    except yaml.constructor.ConstructorError as error:
        raise UserError(f"{shown(path)}{_line(error)}: {error.problem}") from error
    except yaml.MarkedYAMLError as error:
        raise UserError(
            f"{shown(path)}{_line(error)} is not YAML: {error.problem or error.context}; "
            "check the indentation, the colons and the quotes in this line and the previous one"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        why = str(error).splitlines()[0]
        raise UserError(f"{shown(path)} is not YAML in UTF-8: {why}; save it as plain text in UTF-8") from error
    if not isinstance(data, dict):
        raise UserError(f"{shown(path)} is empty or holds a list; it must hold keys and values")
    return data


def _line(error: yaml.MarkedYAMLError) -> str:
    return f", line {error.problem_mark.line + 1}" if error.problem_mark else ""


@functools.cache
def _validator(schema: str) -> Draft202012Validator:
    """Return the cached validator of a JSON Schema; one for each document would take seconds."""
    return Draft202012Validator(json.loads(schema))


def schema_problems(data: dict[str, Any], schema_path: Path, path: Path) -> list[str]:
    """Return the problems that a JSON Schema (2020-12) finds in a document, a sentence each, sorted by place."""
    validator = _validator(schema_path.read_text(encoding="utf-8"))
    errors = sorted(validator.iter_errors(data), key=lambda error: [str(part) for part in error.absolute_path])
    return [f"{shown(path)}: {sentence}" for error in errors for sentence in _sentences(error)]


def place(parts: Iterable[str | int]) -> str:
    """Return a place in a document: `connections.amazon.scopes[0]`; a key with other characters is in brackets."""
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part.replace("-", "").replace("_", "").isalnum():
            text += f".{part}" if text else part
        else:
            text += f'["{part}"]'
    return text or "the top level"


def _sentences(error: ValidationError) -> list[str]:
    where = place(error.absolute_path)
    instance: Any = error.instance
    value = json.dumps(instance, ensure_ascii=False)
    rule: Any = error.validator_value
    schema: Any = error.schema
    if "propertyNames" in error.absolute_schema_path:
        reason = "belongs to OpenID Connect" if error.validator == "not" else f"must match {rule}"
        return [f"{where}: the key {value} {reason}; choose another name"]
    match error.validator:
        case "additionalProperties":
            known: dict[str, Any] = schema.get("properties", {})
            unknown = [key for key in instance if key not in known]
            return [f'{where}: unknown key "{key}"{hint(key, known)}' for key in unknown]
        case "required":
            # jsonschema reports each missing key separately, and names it only in the message.
            missing = error.message.split("'")[1]
            return [_missing(where, missing, list(error.absolute_path))]
        case "enum":
            words = [str(word) for word in rule]
            return [f"{where}: {value} is not allowed{hint(str(instance), words)}"]
        case "const":
            return [f'{where}: {value} must be "{rule}"']
        case "type":
            wanted = rule if isinstance(rule, str) else " or ".join(rule)
            return [f"{where}: {value} must be of type {wanted}"]
        case "pattern":
            return [f"{where}: {value} must match {rule}"]
        case "minItems" | "minProperties" | "minLength":
            key = str(error.absolute_path[-1]) if error.absolute_path else ""
            return [f"{where} is empty; {_EMPTY.get(key, 'fill it in')}"]
        case "uniqueItems":
            return [f"{where}: {value} names something twice; keep one"]
        case _:
            return [f"{where}: {error.message}"]


_EMPTY = {"auth0": "name at least one scope, or write security: [] on the operation to make it public"}


def _missing(where: str, key: str, parts: list[str | int]) -> str:
    match parts:
        case ["paths", str(path), str(method)] if key == "security":
            return (
                f"{method.upper()} {path} has no security; write security: [{{auth0: [a scope]}}], "
                "or security: [] to make it public"
            )
        case ["paths", str(path), str(method), "security", int()]:
            return (
                f"{method.upper()} {path} has an empty security requirement; write {{auth0: [a scope]}}, "
                "or security: [] to make it public"
            )
        case _:
            return f'{where}: "{key}" is missing; add it'
