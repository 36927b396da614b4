"""The tenant's store: it survives kills and full disks, is private, and finds documents quickly."""

import asyncio
import random
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.start import StartError
from local.tenant.errors import StoreError
from local.tenant.store import Store
from scripts.tools import ROOT

# Writes forever: pairs in one transaction, with little and with much text, and deletions; prints each finished write.
WRITER = """
import sys
from pathlib import Path
from local.tenant.store import Store
store = Store(Path(sys.argv[1]))
for number in range(int(sys.argv[2]), 1_000_000):
    with store.transaction():
        store.users.put(str(number), {"number": number, "text": "x" * (number % 7 * 3000)})
        store.sessions.put(str(number), {"number": number, "expires_at": float(number)})
        store.sessions.prune(number - 10.0)
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "state")
    yield store
    store.close()


def test_documents_keep_the_order_in_which_they_came(store: Store) -> None:
    for name in ("b", "a", "c"):
        store.users.put(name, {"name": name})
    store.users.put("b", {"name": "changed"})
    assert [row["name"] for row in store.users.values()] == ["changed", "a", "c"]
    assert store.users.delete("a") == {"name": "a"}
    assert store.users.delete("a") is None
    store.users.put("a", {"name": "again"})
    assert [row["name"] for row in store.users.values()] == ["changed", "c", "again"]


def test_only_put_changes_anything(store: Store) -> None:
    document = {"list": [1]}
    store.users.put("a", document)
    document["list"].append(2)
    found = store.users.get("a")
    assert found == {"list": [1]}
    found["list"].append(3)
    assert store.users.get("a") == {"list": [1]}


def test_what_has_expired_is_pruned_and_nothing_else(store: Store) -> None:
    for key, end in {"past": 9.9, "now": 10, "later": 11}.items():
        store.codes.put(key, {"expires_at": end})
    store.codes.put("never", {})
    store.codes.prune(10)
    assert [row.get("expires_at") for row in store.codes.values()] == [11, None]


SCALARS = st.none() | st.booleans() | st.integers() | st.text(st.characters(codec=None)) | st.floats(allow_nan=False)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=st.dictionaries(st.text(), st.fixed_dictionaries({}, optional={"name": SCALARS, "other": SCALARS})))
def test_an_indexed_search_finds_what_looking_at_all_finds(store: Store, documents: dict[str, dict[str, Any]]) -> None:
    for row in store.clients.values():
        store.clients.delete(row["key"])
    for key, document in documents.items():
        store.clients.put(key, {**document, "key": key})
    rows = [{**document, "key": key} for key, document in documents.items()]
    assert store.clients.values() == rows
    for wanted in rows:
        fields = {"name": wanted.get("name"), "other": wanted.get("other")}
        matching = [row for row in rows if all(_same(row.get(name), value) for name, value in fields.items())]
        assert store.clients.find_all(**fields) == matching
        assert store.clients.find(**fields) == matching[0]
        assert store.clients.get(wanted["key"]) == wanted


def _same(left: object, right: object) -> bool:
    # In Python 1, 1.0 and True are equal; the store distinguishes them like JSON.
    return type(left) is type(right) and left == right


def test_a_search_uses_its_index(store: Store) -> None:
    with sqlite3.connect(store.directory / "tenant.db") as connection:
        plan = connection.execute(
            'EXPLAIN QUERY PLAN SELECT document FROM clients WHERE "by_name" = ?', ("",)
        ).fetchall()
    connection.close()
    assert "USING INDEX clients name" in plan[0][3]


def test_a_field_that_is_looked_up_from_now_on_is_found_in_an_older_file(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.clients.put("a", {"name": "Ada"})
    store.close()
    with sqlite3.connect(tmp_path / "tenant.db") as connection:
        connection.execute('DROP INDEX "clients name"')
        connection.execute('ALTER TABLE clients DROP COLUMN "by_name"')
    connection.close()
    store = Store(tmp_path)
    assert store.clients.find(name="Ada") == {"name": "Ada"}
    store.close()


def test_a_transaction_happens_whole_or_not_at_all(store: Store) -> None:
    def fail() -> None:
        with store.transaction():
            store.users.put("a", {})
            with store.transaction():
                store.sessions.put("a", {})
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert (store.users.values(), store.sessions.values()) == ([], [])
    with store.transaction():
        store.users.put("b", {"kept": True})
    assert store.users.values() == [{"kept": True}]


def test_a_transaction_that_waits_lets_nobody_in(store: Store) -> None:
    async def wait() -> None:
        with store.transaction():
            store.users.put("a", {})
            await asyncio.sleep(0)
            store.users.put("b", {})

    async def come_in_between() -> None:
        store.users.put("c", {})

    async def both() -> tuple[BaseException | None, BaseException | None]:
        return await asyncio.gather(wait(), come_in_between(), return_exceptions=True)

    waited, refused = asyncio.run(both())
    assert waited is None
    assert isinstance(refused, RuntimeError)
    assert len(store.users.values()) == 2


def _writer(directory: Path, first: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(directory), str(first)],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(ROOT)},
    )


def test_a_killed_process_leaves_every_finished_write_and_a_sound_file(tmp_path: Path) -> None:
    chance = random.Random(4)  # noqa: S311 - for times, not secrets
    finished = -1
    for _ in range(20):
        with _writer(tmp_path, finished + 1) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.random() * 0.03)
            process.send_signal(signal.SIGKILL)
            told = [int(line) for line in process.stdout.read().split("\n")[:-1]]
        store = Store(tmp_path)  # refuses a damaged file
        numbers = [row["number"] for row in store.users.values()]
        sessions = [row["number"] for row in store.sessions.values()]
        store.close()
        assert numbers == list(range(len(numbers)))
        assert sessions == [number for number in numbers if number > numbers[-1] - 10]
        assert max([finished, *told]) <= numbers[-1] <= max([finished, *told]) + 2
        finished = numbers[-1]
    assert finished > 100


def test_a_full_disk_is_reported_and_changes_nothing(store: Store) -> None:
    store.users.put("a", {"name": "Ada"})
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = (store.directory / "tenant.db-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        with pytest.raises(StoreError, match=r"tenant\.db .*make room on its disk"):
            store.users.put("a", {"name": "x" * 100_000})
        with pytest.raises(StoreError), store.transaction():
            store.users.put("b", {"name": "x" * 100_000})
        assert store.users.values() == [{"name": "Ada"}]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    store.users.put("a", {"name": "x" * 100_000})
    assert len(store.users.values()[0]["name"]) == 100_000


def test_a_full_disk_at_start_is_a_sentence(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        with pytest.raises(StartError, match="make room on its disk, or name another folder"):
            Store(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    Store(tmp_path).close()


@pytest.mark.parametrize("damage", ["not a database", "half", "torn"])
def test_a_damaged_file_is_named_and_left_as_it_is(tmp_path: Path, damage: str) -> None:
    store = Store(tmp_path / "state")
    for number in range(200):
        store.users.put(str(number), {"name": "x" * 1000})
    store.close()
    path = tmp_path / "state" / "tenant.db"
    whole = path.read_bytes()
    third = len(whole) // 3
    damaged = {
        "not a database": b"{}",
        "half": whole[: len(whole) // 2],
        "torn": whole[:third] + bytes(8192) + whole[third + 8192 :],
    }[damage]
    path.write_bytes(damaged)
    with pytest.raises(StartError, match=r"tenant\.db is damaged: repair it, or run `make clean`"):
        Store(tmp_path / "state")
    assert path.read_bytes() == damaged


def test_what_an_earlier_version_wrote_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "clients.json").write_text("{}")
    with pytest.raises(StartError, match="earlier version: run `make clean`"):
        Store(tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.name != "lock"] == ["clients.json"]


def test_the_files_and_the_folder_are_for_their_owner_only(store: Store) -> None:
    store.users.put("a", {})
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in store.directory.iterdir()}
    assert modes == dict.fromkeys(["lock", "tenant.db", "tenant.db-wal", "tenant.db-shm"], 0o600)
    assert stat.S_IMODE(store.directory.stat().st_mode) == 0o700


def test_an_open_folder_is_closed_to_others(tmp_path: Path) -> None:
    shutil.copymode("/", tmp_path)
    Store(tmp_path).close()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_a_folder_has_one_store_at_a_time(store: Store) -> None:
    with pytest.raises(StartError, match="another local tenant uses"):
        Store(store.directory)
