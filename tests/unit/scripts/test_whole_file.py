import os
from pathlib import Path

import pytest

from scripts import whole_file


def test_a_file_is_written_once_and_an_equal_one_keeps_its_date(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file"
    assert whole_file.write(path, b"one")
    os.utime(path, (1, 1))
    assert not whole_file.write(path, b"one")
    assert path.stat().st_mtime == 1
    assert whole_file.write(path, b"two")
    assert path.read_bytes() == b"two"


def test_a_private_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    whole_file.write(tmp_path / "tokens", b"secret", private=True)
    assert (tmp_path / "tokens").stat().st_mode & 0o777 == 0o600


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    whole_file.write(path, b"one")

    def full(_path: Path, content: bytes) -> int:
        with _path.open("wb") as file:
            file.write(content[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        whole_file.write(path, b"two")
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]
