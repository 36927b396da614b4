"""Reads people.yaml: the people on the sign-in page, and the roles with their scopes."""

from dataclasses import dataclass
from pathlib import Path

from local.start import StartError
from local.tenant.data_file import load_valid

EVERY_SCOPE = "all"
DEFAULT_PATH = Path(__file__).with_name("people.yaml")


@dataclass(frozen=True)
class Person:
    """A person of the emulated identity providers, and the names of their roles in the tenant."""

    email: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class People:
    """The people, and the scopes of each role, by the role's name."""

    people: tuple[Person, ...]
    roles: dict[str, tuple[str, ...]]


def load(path: Path, scopes: list[str]) -> People:
    """Read the file; `scopes` are those of access.yaml.

    Raises:
        StartError: the file is missing or invalid, or names a role or a scope that is not declared.
    """
    document = load_valid(path)
    roles = {
        name: tuple(scopes if permitted == EVERY_SCOPE else permitted)
        for name, permitted in document.get("roles", {}).items()
    }
    for name, permitted in roles.items():
        if unknown := sorted(set(permitted) - set(scopes)):
            raise StartError(
                f"{path}: the role {name} permits {unknown[0]}, which access.yaml does not declare; "
                f"declare it there, or name one of {', '.join(scopes)}"
            )
    people = tuple(Person(email, row["name"], tuple(row.get("roles", ()))) for email, row in document["people"].items())
    for person in people:
        if missing := [name for name in person.roles if name not in roles]:
            raise StartError(
                f"{path}: {person.name} has the role {missing[0]}, which the file does not declare; "
                "add it to `roles`, or take it from the person"
            )
    return People(people, roles)
