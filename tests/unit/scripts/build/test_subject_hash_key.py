"""The archive with the key of the pseudonyms: random, private, and not replaced while it may be needed."""

import stat
import zipfile
from pathlib import Path

from scripts.build import subject_hash_key


def key(folder: Path) -> str:
    with zipfile.ZipFile(folder / "subject-hash-key.zip") as archive:
        return archive.read(subject_hash_key.FILE).decode()


def test_each_build_from_nothing_has_another_key(tmp_path: Path) -> None:
    subject_hash_key.provide(tmp_path)
    first = key(tmp_path)
    subject_hash_key.provide(tmp_path)
    assert key(tmp_path) == first

    subject_hash_key.discard(tmp_path)
    subject_hash_key.provide(tmp_path)
    assert key(tmp_path) != first


def test_only_the_owner_reads_the_archive(tmp_path: Path) -> None:
    subject_hash_key.provide(tmp_path)
    assert stat.S_IMODE((tmp_path / "subject-hash-key.zip").stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR


def test_a_key_that_exists_is_kept(tmp_path: Path) -> None:
    subject_hash_key.provide(tmp_path)
    subject_hash_key.replace(tmp_path, "the key of the deployed authorizer")
    assert key(tmp_path) == "the key of the deployed authorizer"
