"""Imports PyJWT's algorithms without the modules that only other uses of PyJWT need (docs/decisions/0019).

PyJWT imports an HTTP client with sockets and TLS, X.509, and readers of PEM and SSH keys. They take three quarters of
`import jwt`, the longest part of a cold start, but a signature check calls none of them. This module imports them at
their first use, so nothing of PyJWT is missing or changed.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

NOT_NEEDED_TO_VERIFY = (  # each with its share of `import jwt` (45 ms)
    "jwt.jwks_client",  # 0.26: urllib, http.client, socket, ssl
    "jwt.api_jwt",  # 0.03: calendar, locale; our own checks of claims are stricter
    "jwt.api_jws",  # 0.01
    "cryptography.x509",  # 0.28: ipaddress, email, urllib.parse
    "cryptography.hazmat.primitives.serialization",  # 0.20: OpenSSH keys, which need dataclasses and inspect
    "hashlib",  # 0.04: a second OpenSSL, besides cryptography's; the first HS256 token loads it
    "hmac",
)


class _Later:
    """A name of a deferred module. A call or an attribute access imports the module and uses the real object."""

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    def _real(self) -> Any:  # noqa: ANN401 - whatever the module has under that name
        if isinstance(sys.modules.get(self._module), _Deferred):
            del sys.modules[self._module]
        return getattr(import_module(self._module), self._name)

    def __call__(self, *arguments: object, **named: object) -> object:
        return self._real()(*arguments, **named)

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # a class statement looks for __isabstractmethod__ in its members
            raise AttributeError(name)
        return getattr(self._real(), name)


class _Deferred(ModuleType):
    """A module that is not imported yet; each of its names is a _Later."""

    def __getattr__(self, name: str) -> _Later:
        if name.startswith("__"):  # the import system asks for __path__ and the like
            raise AttributeError(name)
        return _Later(self.__name__, name)


@contextmanager
def deferred(*modules: str) -> Iterator[None]:
    """Defer these modules during the imports of the `with` block, unless they are imported already."""
    placed = {name: _Deferred(name) for name in modules if name not in sys.modules}
    sys.modules.update(placed)
    try:
        yield
    finally:
        for name, module in placed.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
