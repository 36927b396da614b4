"""The variables of terraform/cloud with the values that Terraform gives them.

A value comes from the environment's tfvars file, else from `TF_VAR_<name>` in the shell, else it is the default
(https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence).
"""

import difflib
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from scripts import hcl
from scripts.errors import UserError
from scripts.tools import ROOT

PREFIX = "TF_VAR_"
_SET_BY_PLAN = frozenset({"jwks", "preview", "tenant_look_before"})
_REMOVED = {
    "connection_credentials": "write the client ids, which are no secrets, into connection_client_ids; `make secret` "
    "sets them in the tenant with their secrets",
    "development_keys_accepted": "a connection that connection_client_ids does not name may use Auth0's development "
    "keys outside production; `make secret` gives it keys of its own",
    "signing_secret": "`make secret NAME=api` makes the HS256 secret, and Terraform does not have it",
}
"""Variables that terraform/cloud no longer has, each with what replaces it."""
_PRIMITIVE = frozenset({"string", "number", "bool"})
# https://developer.hashicorp.com/terraform/language/expressions/types#type-conversion; cty takes "1" too.
_TRUE = (True, "true", "1")


class Mistake(NamedTuple):
    """A variable that would make the plan differ from what somebody has written, and how to fix it."""

    text: str
    fix: str


@dataclass(frozen=True)
class Variables:
    """The variables of one environment.

    `root` is the folder of the Terraform root, `file` the tfvars file, `shell` the variables of the shell. `fixed` has
    the values that follow from the environment's name; neither the file nor the shell may set them.
    """

    root: Path
    file: Path
    shell: Mapping[str, str]
    fixed: Mapping[str, str]

    def get(self, name: str) -> object:
        """Return a value as Terraform resolves it, or None if it is null.

        Raises:
            UserError: the file, or the shell's variable, cannot be read.
        """
        if name in self.fixed:
            return self.fixed[name]
        variable, written = self._declared()[name], read(self.file)
        given = None if name in _SET_BY_PLAN else self.shell.get(PREFIX + name)
        if name in written:
            value = written[name]
        elif given is not None:
            value = _parsed(name, given, str(variable.get("type", "string")))
        else:
            return variable.get("default")
        return variable.get("default") if value is None and variable.get("nullable") is False else value

    def flag(self, name: str) -> bool:
        """Return the value of a boolean variable."""
        return self.get(name) in _TRUE

    def mistakes(self) -> Iterator[Mistake]:
        """Yield each variable that would make the plan differ from what somebody has written.

        There are four kinds: a variable that the root does not declare, or no longer declares; an attribute that an
        object does not have; a variable that `make plan` sets itself; and a file of values that Terraform reads for
        every environment.
        """
        for name in read(self.file):
            if mistake := self._mistake(name, f"{self.file.name} sets {name}", write="write ", undo="remove it"):
                yield mistake
        for name in self._in_shell():
            variable = PREFIX + name
            mistake = self._mistake(name, f"{variable} is set", write=f"set {PREFIX}", undo=f"`unset {variable}`")
            if mistake and not self._may_be_of_another_root(name):
                yield mistake
        for name, body in self._declared().items():
            place = self.file.name if name in read(self.file) else "the shell"
            for member, near in _unknown_members(self.get(name), str(body.get("type")), (name,)):
                fix = f"write {near}, or remove it" if near else "remove it"
                yield Mistake(f"{place} sets {'.'.join(member)}, which {'.'.join(member[:-1])} does not have", fix)
        for path in sorted({*self.root.glob("terraform.tfvars*"), *self.root.glob("*.auto.tfvars*")}):
            yield Mistake(
                f"Terraform would read {path.name} of terraform/cloud in every environment",
                f"move its values into {self.file.name}, and delete it",
            )

    def without_effect(self) -> Iterator[str]:
        """Yield a sentence for each `TF_VAR_<name>` that Terraform ignores and that may not be a mistake."""
        for name in self._in_shell():
            if self._may_be_of_another_root(name):
                yield f"{PREFIX}{name} has no effect: terraform/cloud has no variable {name}."
            elif name in self._declared() and name in read(self.file):
                yield f"{PREFIX}{name} has no effect, because {self.file.name} sets {name}."

    def _mistake(self, name: str, said: str, *, write: str, undo: str) -> Mistake | None:
        if name in _SET_BY_PLAN or name in self.fixed:
            return Mistake(f"{said}, which is for `make plan` alone to set", undo)
        if name in _REMOVED:
            return Mistake(f"{said}, a variable that is gone", f"{undo}; {_REMOVED[name]}")
        if name not in self._declared():
            near = f"{write}{self._nearest(name)}, or {undo}" if self._nearest(name) else undo
            return Mistake(f"{said}, which is no variable of terraform/cloud", near)
        return None

    def _may_be_of_another_root(self, name: str) -> bool:
        """Return whether no variable of ours has a similar name: a shell may serve several Terraform projects."""
        return not (name in self._declared() or name in _REMOVED or self._nearest(name))

    def _nearest(self, name: str) -> str | None:
        return next(iter(difflib.get_close_matches(name, self._declared(), n=1)), None)

    def _in_shell(self) -> list[str]:
        return sorted(name.removeprefix(PREFIX) for name in self.shell if name.startswith(PREFIX))

    def _declared(self) -> dict[str, dict[str, Any]]:
        blocks = read(self.root / "variables.tf")["variable"]
        return {name: body for block in blocks for name, body in block.items()}


def read(path: Path) -> dict[str, Any]:
    """Return the content of a Terraform file; raises UserError if its syntax is wrong."""
    try:
        return _loads(path.read_text(encoding="utf-8"))
    except Exception as error:  # the parser's errors share no base class
        place = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        raise UserError(f"{place} cannot be read: {str(error).splitlines()[0]}") from error


@functools.cache
def _loads(text: str) -> dict[str, Any]:
    """Return what hcl.loads returns, from a cache: parsing variables.tf takes a second, and every value needs it."""
    return hcl.loads(text)


def _unknown_members(
    value: object, declared: str, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """Yield the path of each undeclared attribute, which Terraform drops, and the nearest declared name."""
    members = hcl.members(declared)
    if not members or not isinstance(value, dict):
        return
    for name, one in value.items():
        if name in members:
            yield from _unknown_members(one, members[name], (*path, name))
        else:
            yield (*path, name), next(iter(difflib.get_close_matches(name, members, n=1)), None)


def _parsed(name: str, given: str, declared: str) -> object:
    """Return the value of `TF_VAR_<name>`: a text if its type is primitive, otherwise an expression."""
    if declared in _PRIMITIVE:
        return given
    try:
        return hcl.loads(f"value = {given}\n")["value"]
    except Exception as error:  # the parser's errors share no base class, and quote the value, which may be a secret
        raise UserError(
            f"{PREFIX}{name} cannot be read as {declared.strip('${}')}: correct it, or unset it."
        ) from error
