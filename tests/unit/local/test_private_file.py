"""A private file is replaced in one step, and only its owner can read it."""

from pathlib import Path

import pytest

from local import private_file


def test_only_the_owner_reads_it_even_if_others_could_before(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text("old")
    path.chmod(0o644)
    private_file.write(path, "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_reader_that_has_the_old_file_open_reads_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    private_file.write(path, "old" * 100_000)
    with path.open() as reader:
        private_file.write(path, "new")
        assert reader.read() == "old" * 100_000
    assert [each.name for each in tmp_path.iterdir()] == ["key.pem"]


def test_a_failure_leaves_no_temporary_file(tmp_path: Path) -> None:
    (tmp_path / "key.pem").mkdir()
    with pytest.raises(OSError, match="directory"):
        private_file.write(tmp_path / "key.pem", "new")
    assert [each.name for each in tmp_path.iterdir()] == ["key.pem"]
