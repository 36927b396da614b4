"""Importing PyJWT's algorithms without what no verification needs: the longest part of a cold start.

To verify, they need RSA and hashes from cryptography. They also import X.509 and readers of PEM and SSH keys, and their
package an HTTP client with sockets and TLS: together three quarters of the time of `import jwt`. What is named here is
imported when it is first used instead, so nothing of PyJWT is missing or changed.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

NOT_NEEDED_TO_VERIFY = (  # what each saves of a cold start, `import jwt` being 1.0 (45 ms)
    "jwt.jwks_client",  # 0.26: urllib, http.client, socket, ssl
    "jwt.api_jwt",  # 0.03: calendar, locale; we check claims ourselves, and more strictly
    "jwt.api_jws",  # 0.01
    "cryptography.x509",  # 0.28: ipaddress, email, urllib.parse
    "cryptography.hazmat.primitives.serialization",  # 0.20: OpenSSH keys, for which dataclasses and inspect
    "hashlib",  # 0.04: another OpenSSL beside that of cryptography; HS256 loads it with its first token
    "hmac",
)


class _Later:
    """A function or class of a module that is imported when this is first called or asked for an attribute."""

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    def _real(self) -> Callable[..., object]:
        if isinstance(sys.modules.get(self._module), _StandIn):
            del sys.modules[self._module]
        found: Callable[..., object] = getattr(import_module(self._module), self._name)
        return found

    def __call__(self, *arguments: object, **named: object) -> object:
        return self._real()(*arguments, **named)

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # a class statement looks for __isabstractmethod__ in what it holds
            raise AttributeError(name)
        return getattr(self._real(), name)


class _StandIn(ModuleType):
    """Stands in for a module: every name in it is a _Later."""

    def __getattr__(self, name: str) -> _Later:
        if name.startswith("__"):  # the import system asks for __path__ and the like
            raise AttributeError(name)
        return _Later(self.__name__, name)


@contextmanager
def deferred(*modules: str) -> Iterator[None]:
    """Let imports within the `with` block get stand-ins for modules; one that is loaded already is left alone."""
    stand_ins = {name: _StandIn(name) for name in modules if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]
