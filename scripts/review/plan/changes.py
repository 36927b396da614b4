"""Reads a plan as `terraform show -json` writes it into frozen objects.

https://developer.hashicorp.com/terraform/internals/json-format
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

type Action = Literal["create", "read", "update", "replace", "delete", "forget", "no-op"]

KNOWN_LATER = "(known after apply)"
SENSITIVE = "(sensitive)"
LEAST_SECRET = 8
"""Characters. A shorter sensitive value is no secret worth finding elsewhere, and would match by chance."""


@dataclass(frozen=True)
class Attribute:
    """One attribute that changes. Values are JSON; `path` is like `environment.variables.API`."""

    path: str
    before: Any
    after: Any
    is_sensitive: bool = False
    is_known_later: bool = False
    forces_replacement: bool = False


@dataclass(frozen=True)
class Change:
    """The plan's action on one resource; `before` and `after` hold all attributes, empty if it does not exist."""

    address: str
    module: str  # "" for the root
    type: str
    action: Action
    before: Mapping[str, Any] = field(repr=False)
    after: Mapping[str, Any] = field(repr=False)
    known_later: Mapping[str, Any] = field(repr=False)  # the shape of `after`: true if a value is known after apply
    attributes: tuple[Attribute, ...] = field(repr=False)  # the changed ones
    clear: tuple[tuple[str, Any], ...] = field(repr=False)  # path and value of `after`, without sensitive values

    is_taken_over: bool = False  # by an import: Terraform has not managed it before

    @property
    def destroys(self) -> bool:
        """Whether the plan destroys the existing resource."""
        return self.action in {"delete", "replace"}

    def is_known(self, name: str) -> bool:
        """Whether the plan knows an attribute's whole value after the apply."""
        return not _any_true(self.known_later.get(name))


@dataclass(frozen=True)
class Plan:
    """A plan: an entry for every resource, changed or not, and the sensitive texts that occur in it."""

    environment: str
    changes: tuple[Change, ...]
    secrets: frozenset[str] = field(repr=False)

    def of_type(self, *types: str) -> Iterator[Change]:
        """Yield the changes of resources of these types that exist after the apply."""
        return (each for each in self.changes if each.type in types and each.action not in {"delete", "forget"})


def read(document: Mapping[str, Any], environment: str) -> Plan:
    """Return an environment's plan, without data sources."""
    found = [each for each in document.get("resource_changes", []) if each["mode"] == "managed"]
    secrets: set[str] = set()
    for each in found:
        change = each["change"]
        for side in ("before", "after"):
            secrets.update(_masked(change.get(side), change.get(f"{side}_sensitive")))
    return Plan(environment, tuple(map(_change, found)), frozenset(secrets))


def _change(resource: Mapping[str, Any]) -> Change:
    change = resource["change"]
    before, after = change.get("before") or {}, change.get("after") or {}
    known_later = change.get("after_unknown") or {}
    pair = _Pair(before, after, known_later, (change.get("before_sensitive"), change.get("after_sensitive")))
    action = _action(change["actions"])
    forcing = {_dotted(path) for path in change.get("replace_paths", [])}
    attributes = () if action in {"no-op", "delete"} else tuple(_compared("", pair, forcing))
    return Change(
        address=resource["address"],
        module=resource.get("module_address", ""),
        type=resource["type"],
        action=action,
        before=before,
        after=after,
        known_later=known_later if isinstance(known_later, Mapping) else {},
        attributes=attributes,
        clear=tuple(_clear("", after, pair.masks[1])),
        is_taken_over=bool(change.get("importing")),
    )


def _action(actions: Sequence[str]) -> Action:
    if len(actions) == 2:  # delete and create, in either order
        return "replace"
    found: Action = actions[0]  # type: ignore[assignment]
    return found


@dataclass(frozen=True)
class _Pair:
    """A value before and after, with masks: which parts are known only later, and which are sensitive."""

    before: Any
    after: Any
    later: Any = None
    masks: tuple[Any, Any] = (None, None)

    def member(self, key: str | int) -> "_Pair":
        masks = _member(self.masks[0], key), _member(self.masks[1], key)
        return _Pair(_member(self.before, key), _member(self.after, key), _member(self.later, key), masks)

    def members(self) -> Iterator[tuple[str, "_Pair"]]:
        """Yield the parts that can be compared one by one, each with its part of the path; none for a single value."""
        if isinstance(self.before, Mapping) and isinstance(self.after, Mapping):
            later = self.later.keys() if isinstance(self.later, Mapping) else set()
            for name in sorted(self.before.keys() | self.after.keys() | later):
                yield f".{name}", self.member(name)
        elif _are_blocks(self.before) and _are_blocks(self.after) and len(self.before) == len(self.after):
            for place in range(len(self.after)):
                yield f"[{place}]" if len(self.after) > 1 else "", self.member(place)


def _compared(path: str, pair: _Pair, forcing: set[str]) -> Iterator[Attribute]:
    """Yield the attributes that differ, deepest first; compare the content of texts that hold JSON."""
    is_sensitive = any(mask is True for mask in pair.masks)
    forces = any(path == each or path.startswith((f"{each}.", f"{each}[")) for each in forcing)
    if pair.later is True:
        yield Attribute(path, pair.before, None, is_sensitive, is_known_later=True, forces_replacement=forces)
        return
    if pair.before == pair.after and not _any_true(pair.later):
        return
    if not is_sensitive:
        inside = _as_json(pair)
        parts = [*inside.members()]
        if parts:
            for name, part in parts:
                yield from _compared(f"{path}{name}".removeprefix("."), part, forcing)
            return
    if pair.before in _NOTHING and pair.after in _NOTHING and not _any_true(pair.later):
        return  # to a provider, null and an empty list are equal
    hides = any(map(_any_true, pair.masks))
    yield Attribute(path, pair.before, pair.after, hides, _any_true(pair.later), forces)


_NOTHING: tuple[object, ...] = (None, "", [], {})


def _are_blocks(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, Mapping) for each in value)


def _as_json(pair: _Pair) -> _Pair:
    """Return the parsed values of two texts of JSON, or the pair itself."""
    texts = pair.before, pair.after
    if all(isinstance(text, str) and text[:1] in {"{", "["} for text in texts):
        try:
            return _Pair(json.loads(pair.before), json.loads(pair.after))
        except ValueError:
            pass
    return pair


def _member(mask: object, key: object) -> Any:  # noqa: ANN401 - a part of JSON
    if isinstance(mask, Mapping):
        return mask.get(key)
    if isinstance(mask, list) and isinstance(key, int):
        return mask[key] if key < len(mask) else None
    return mask if mask is True else None


def _masked(value: object, mask: object) -> Iterator[str]:
    """Yield the texts of a value that its mask marks as sensitive."""
    if mask is True:
        yield from (text for text in _texts(value) if len(text) >= LEAST_SECRET)
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from _masked(member, _member(mask, name))
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from _masked(member, _member(mask, place))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


def _clear(path: str, value: object, mask: object) -> Iterator[tuple[str, Any]]:
    if mask is True:
        return
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _clear(f"{path}.{name}" if path else str(name), member, _member(mask, name))
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from _clear(path if len(value) == 1 else f"{path}[{place}]", member, _member(mask, place))
    else:
        yield path, value


def _any_true(mask: object) -> bool:
    if isinstance(mask, Mapping):
        return any(map(_any_true, mask.values()))
    if isinstance(mask, list):
        return any(map(_any_true, mask))
    return mask is True


def _dotted(path: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in path if not isinstance(part, int))
