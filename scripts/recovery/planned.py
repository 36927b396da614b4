"""The values that Terraform plans for a resource, as far as it knows them."""

from typing import Any


class UnknownValueError(Exception):
    """Terraform does not know a value yet, because another object has to be imported or created first."""


class Planned(dict[str, Any]):
    """The planned values by name, without those that are unknown."""

    def __missing__(self, name: str) -> Any:  # noqa: ANN401 - it returns nothing
        raise UnknownValueError(name)
