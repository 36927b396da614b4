"""The tenant's state: JSON documents in one SQLite file that only its owner can read.

With write-ahead logging, a process killed at any moment leaves every finished write and no part of an unfinished one
(https://www.sqlite.org/wal.html). With `synchronous=NORMAL` no request waits for the disk: a power cut may lose the
last second of writes, but does not damage the database.
"""

# ruff: noqa: S608 - the names of tables and columns are constants of this file; every value is bound

import asyncio
import contextlib
import fcntl
import json
import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from local.start import StartError
from local.tenant.errors import StoreError

type Document = dict[str, Any]

_FILE_NAME = "tenant.db"
_CACHE_KIB = 4096
_DISK_ERRORS = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


class Database:
    """The connection to the file. Every method raises StoreError if the disk is full or fails."""

    def __init__(self, path: Path) -> None:
        """Open or create the file; raise sqlite3.DatabaseError if it is damaged."""
        # SQLite gives the files `-wal` and `-shm` the mode of the database.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._path = path
        self._depth = 0  # of nested transactions
        self._owner: asyncio.Task[object] | None = None  # the task that began the transaction
        self._connection = sqlite3.connect(path, autocommit=True, cached_statements=256)
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        self.execute("PRAGMA journal_mode = WAL")
        self.execute("PRAGMA synchronous = NORMAL")
        self.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        if self.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("the integrity check failed")

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
        """Run a statement; its changes are durable when this returns or, in a transaction, when that ends."""
        if self._depth and _task() is not self._owner:
            raise RuntimeError("another task used the store during a transaction: a transaction must not await")
        try:
            return self._connection.execute(statement, values)
        except sqlite3.OperationalError as error:
            if (error.sqlite_errorcode & 0xFF) in _DISK_ERRORS:  # the higher bits distinguish subtypes
                raise StoreError(f"cannot write {self._path} ({error}): make room on its disk") from error
            raise

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """See `Store.transaction`."""
        if self._depth == 0:
            self.execute("BEGIN IMMEDIATE")
            self._owner = _task()
        self._depth += 1
        try:
            yield
            if self._depth == 1:
                self.execute("COMMIT")
        except BaseException:
            if self._depth == 1 and self._connection.in_transaction:  # a full disk may have rolled it back
                self.execute("ROLLBACK")
            raise
        finally:
            self._depth -= 1

    def close(self) -> None:
        """Write the log back into the file and close it."""
        self._connection.close()


class Collection:
    """Documents by key, in one table. Each read returns a copy; only `put` changes a document.

    `prune` deletes a document some time after its `expires_at` (seconds since 1970); readers check the time themselves.
    `indexed` fields have an index. All columns except `expires_at` hold JSON, because JSON can encode any text of a
    request, even half a surrogate pair or a NUL.
    """

    def __init__(self, database: Database, name: str, indexed: tuple[str, ...] = ()) -> None:
        self._database = database
        self._name = name
        self._indexed = indexed
        self._create()
        columns = ", ".join(["key", "document", "expires_at", *map(_column, indexed)])
        marks = ", ".join("?" * (3 + len(indexed)))
        updates = ", ".join(f"{column} = excluded.{column}" for column in columns.split(", ")[1:])
        # An upsert keeps the row's number, and with it the order of the documents.
        self._upsert = f'INSERT INTO "{name}" ({columns}) VALUES ({marks}) ON CONFLICT (key) DO UPDATE SET {updates}'

    def get(self, key: str) -> Document | None:
        """Return the document, or None."""
        statement = f'SELECT document FROM "{self._name}" WHERE key = ?'
        row = self._database.execute(statement, (json.dumps(key),)).fetchone()
        return None if row is None else _document(row[0])

    def values(self) -> list[Document]:
        """Return every document, oldest first."""
        return self.find_all()

    def find(self, **fields: object) -> Document | None:
        """Return the oldest document with these field values, or None; a missing field counts as None."""
        return next(self._matching(fields), None)

    def find_all(self, **fields: object) -> list[Document]:
        """Return every document with these field values, oldest first."""
        return list(self._matching(fields))

    def put(self, key: str, document: Document) -> None:
        """Store a document under a key, replacing an earlier one. It survives the process once this returns.

        Raises:
            StoreError: the disk is full or failed; the earlier document is still there.
        """
        end = document.get("expires_at")
        row = (
            json.dumps(key),
            json.dumps(document),
            float(end) if isinstance(end, int | float) else None,
            *(json.dumps(document.get(field)) for field in self._indexed),
        )
        self._database.execute(self._upsert, row)

    def delete(self, key: str) -> Document | None:
        """Delete a document and return it, or None if there was none."""
        statement = f'DELETE FROM "{self._name}" WHERE key = ? RETURNING document'
        rows = self._database.execute(statement, (json.dumps(key),)).fetchall()
        return _document(rows[0][0]) if rows else None

    def delete_all(self, **fields: object) -> None:
        """Delete every document with these field values."""
        with self._database.transaction():
            for document_key, document in self._database.execute(
                f'SELECT key, document FROM "{self._name}"'
            ).fetchall():
                if _document(document).items() >= fields.items():
                    self._database.execute(f'DELETE FROM "{self._name}" WHERE key = ?', (document_key,))

    def prune(self, now: float) -> None:
        """Delete the documents that have expired; nothing else deletes them."""
        self._database.execute(f'DELETE FROM "{self._name}" WHERE expires_at <= ?', (now,))

    def _matching(self, fields: dict[str, object]) -> Iterator[Document]:
        # Compare as JSON, in which 1, 1.0 and true differ.
        wanted = {name: json.dumps(value) for name, value in fields.items()}
        indexed = [name for name in wanted if name in self._indexed]
        others = wanted.keys() - set(indexed)
        conditions = " AND ".join(f"{_column(name)} = ?" for name in indexed) or "true"
        statement = f'SELECT document FROM "{self._name}" WHERE {conditions} ORDER BY position'
        rows = self._database.execute(statement, tuple(wanted[name] for name in indexed))
        # fetchall, because the caller may change the collection between two documents.
        for (text,) in rows.fetchall():
            document = _document(text)
            if all(json.dumps(document.get(name)) == wanted[name] for name in others):
                yield document

    def _create(self) -> None:
        name = self._name
        self._database.execute(
            f'CREATE TABLE IF NOT EXISTS "{name}" (position INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, '
            "document TEXT NOT NULL, expires_at REAL) STRICT"
        )
        self._database.execute(
            f'CREATE INDEX IF NOT EXISTS "{name} expires_at" ON "{name}" (expires_at) WHERE expires_at IS NOT NULL'
        )
        present = {row[1] for row in self._database.execute(f'PRAGMA table_info("{name}")')}
        for field in self._indexed:
            if _column(field).strip('"') not in present:  # a new file, or one from before the field had an index
                self._database.execute(f'ALTER TABLE "{name}" ADD COLUMN {_column(field)} TEXT')
                rows = self._database.execute(f'SELECT position, document FROM "{name}"').fetchall()
                for position, text in rows:
                    statement = f'UPDATE "{name}" SET {_column(field)} = ? WHERE position = ?'
                    self._database.execute(statement, (json.dumps(_document(text).get(field)), position))
            self._database.execute(f'CREATE INDEX IF NOT EXISTS "{name} {field}" ON "{name}" ({_column(field)})')


class Store:
    """Every collection of one tenant. Only one process at a time may open a directory."""

    def __init__(self, directory: Path) -> None:
        """Open the directory's database; create both if they are missing.

        Raises:
            StartError: another process uses the directory, or the database is damaged or of an earlier version.
        """
        _make_private(directory)
        self.directory = directory
        with contextlib.ExitStack() as opened:
            opened.enter_context(_take_lock(directory / "lock"))
            try:
                self._database = opened.enter_context(contextlib.closing(_open(directory / _FILE_NAME)))
                self._make_collections()
            except StoreError as error:
                raise StartError(f"{error}, or name another folder") from error
            self._opened = opened.pop_all()

    def _make_collections(self) -> None:
        with self._database.transaction():
            self.clients = self._collection("clients", "name")
            self.client_grants = self._collection("client-grants", "client_id")
            self.resource_servers = self._collection("resource-servers", "identifier", "name")
            self.connections = self._collection("connections", "name")
            self.actions = self._collection("actions", "name")
            self.action_versions = self._collection("action-versions", "action_id")
            self.bindings = self._collection("bindings")
            self.custom_domains = self._collection("custom-domains")
            self.log_streams = self._collection("log-streams")
            self.themes = self._collection("themes")
            self.rules = self._collection("rules")
            self.settings = self._collection("settings")
            self.signing_keys = self._collection("signing-keys")
            self.users = self._collection("users")
            self.people = self._collection("people")
            self.roles = self._collection("roles", "name")
            self.sessions = self._collection("sessions")
            self.logins = self._collection("logins")
            self.codes = self._collection("codes")
            self.opaque_tokens = self._collection("opaque-tokens", "grant_id")
            self.refresh_tokens = self._collection("refresh-tokens")
            self.refresh_families = self._collection("refresh-families")
            self.client_credentials = self._collection("client-credentials", "client_id")
            self.client_assertions = self._collection("client-assertions")
            self.consents = self._collection("consents")

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all changes inside the `with` block or, after an exception, none.

        Use it to read, decide and write. A nested block is part of the outer one. The block must not `await`: while it
        is open, the store raises RuntimeError for any other task.

        Raises:
            StoreError: the disk is full or failed; nothing has changed.
        """
        with self._database.transaction():
            yield

    def close(self) -> None:
        """Close the database, and let another process use the directory."""
        self._opened.close()

    def _collection(self, name: str, *indexed: str) -> Collection:
        return Collection(self._database, name, indexed)


def _open(path: Path) -> Database:
    if path.with_name("clients.json").exists():
        raise StartError(
            f"{path.parent} was written by an earlier version: run `make clean` to delete it and start a new tenant"
        )
    try:
        return Database(path)
    except OSError as error:
        raise StartError(f"cannot open {path}: {error.strerror}") from error
    except sqlite3.DatabaseError as error:
        raise StartError(
            f"{path} is damaged: repair it, or run `make clean` to delete the tenant and start a new one"
        ) from error


def _make_private(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        state = directory.stat()
        shared = state.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        if shared and not state.st_mode & stat.S_ISVTX:  # do not change the mode of /tmp and the like
            directory.chmod(0o700)
    except OSError as error:
        raise StartError(f"cannot use the folder {directory}: {error.strerror}") from error


def _take_lock(path: Path) -> IO[str]:
    try:
        lock = os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR, 0o600), "w")
    except OSError as error:
        raise StartError(f"cannot write {path}: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise StartError(f"another local tenant uses {path.parent}: stop it, or name another folder") from error
    return lock


def _task() -> asyncio.Task[object] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:  # no event loop, as at start
        return None


def _document(text: str) -> Document:
    document: Document = json.loads(text)
    return document


def _column(field: str) -> str:
    return f'"by_{field}"'
