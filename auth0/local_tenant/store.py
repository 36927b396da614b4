"""What the tenant remembers: one JSON file a collection, written whole and atomically, readable by its owner only."""

import copy
import fcntl
import json
import os
import tempfile
from pathlib import Path
from typing import IO, Any

from local_tenant.errors import StartError

type Document = dict[str, Any]


class Collection:
    """Documents by key, kept in one file. What goes in or comes out is a copy, so only `put` changes anything.

    A document with `expires_at` (seconds since 1970) is forgotten some time after that; readers check it themselves.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._documents: dict[str, Document] = self._read()

    def get(self, key: str) -> Document | None:
        """Return the document, or None."""
        return copy.deepcopy(self._documents.get(key))

    def values(self) -> list[Document]:
        """Return every document, oldest first."""
        return copy.deepcopy(list(self._documents.values()))

    def find(self, **fields: object) -> Document | None:
        """Return the first document whose fields have these values, or None."""
        for document in self._documents.values():
            if all(document.get(name) == value for name, value in fields.items()):
                return copy.deepcopy(document)
        return None

    def put(self, key: str, document: Document) -> None:
        """Keep a document under a key, replacing what was there; it is on disk when this returns."""
        self._documents[key] = copy.deepcopy(document)
        self._write()

    def delete(self, key: str) -> Document | None:
        """Forget a document and return it, or None when there was none."""
        document = self._documents.pop(key, None)
        if document is not None:
            self._write()
        return document

    def prune(self, now: float) -> None:
        """Forget what has expired; nothing else would ever remove it."""
        expired = [key for key, document in self._documents.items() if document.get("expires_at", now + 1) <= now]
        for key in expired:
            del self._documents[key]
        if expired:
            self._write()

    def _read(self) -> dict[str, Document]:
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            raise self._damaged() from error
        try:
            documents = json.loads(text)
        except ValueError as error:
            raise self._damaged() from error
        if not isinstance(documents, dict) or not all(isinstance(value, dict) for value in documents.values()):
            raise self._damaged()
        return documents

    def _damaged(self) -> StartError:
        return StartError(
            f"{self._path} is damaged: repair it, or run `make clean` to forget the local tenant and start a new one"
        )

    def _write(self) -> None:
        write_privately(self._path, json.dumps(self._documents, indent=1))


class Store:
    """Every collection of one tenant. Two processes must not share a directory: the second one is refused."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.directory = directory
        self._lock = self._take_lock(directory / "lock")
        self.clients = self._collection("clients")
        self.client_grants = self._collection("client-grants")
        self.resource_servers = self._collection("resource-servers")
        self.connections = self._collection("connections")
        self.actions = self._collection("actions")
        self.bindings = self._collection("bindings")
        self.themes = self._collection("themes")
        self.settings = self._collection("settings")
        self.signing_keys = self._collection("signing-keys")
        self.users = self._collection("users")
        self.sessions = self._collection("sessions")
        self.logins = self._collection("logins")
        self.codes = self._collection("codes")
        self.opaque_tokens = self._collection("opaque-tokens")
        self.refresh_tokens = self._collection("refresh-tokens")
        self.refresh_families = self._collection("refresh-families")

    def close(self) -> None:
        """Let another process use the directory."""
        self._lock.close()

    def _collection(self, name: str) -> Collection:
        return Collection(self.directory / f"{name}.json")

    @staticmethod
    def _take_lock(path: Path) -> IO[str]:
        lock = path.open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise StartError(f"another local tenant uses {path.parent}: stop it, or name another folder") from error
        return lock


def write_privately(path: Path, text: str) -> None:
    """Replace a file in one step with mode 0600: a reader sees the old text or the new one.

    No fsync: a development tenant may lose its last second in a power cut, and no request waits for a disk.
    """
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
