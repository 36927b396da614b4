import io
import stat
import zipfile
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from scripts.build.zip_format import zip_bytes

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\\"), min_size=1, max_size=40)


def opened(files: dict[str, bytes]) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(zip_bytes(files)))


@given(st.dictionaries(NAMES, st.binary(max_size=2_000)))
def test_python_s_zipfile_reads_back_what_was_written(files: dict[str, bytes]) -> None:
    with opened(files) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files


def test_the_order_of_the_files_makes_no_difference() -> None:
    assert zip_bytes({"a": b"1", "b": b"2"}) == zip_bytes({"b": b"2", "a": b"1"})


def test_every_entry_is_deflated_and_has_the_earliest_date() -> None:
    (entry,) = opened({"a.py": b"x" * 1_000}).infolist()
    assert entry.compress_type == zipfile.ZIP_DEFLATED
    assert entry.compress_size < 100
    assert datetime(*entry.date_time) == datetime(1980, 1, 1)  # noqa: DTZ001 - a zip's dates have no time zone


def test_a_file_is_readable_by_everyone_and_a_native_library_executable() -> None:
    modes = {entry.filename: entry.external_attr >> 16 for entry in opened({"a.py": b"", "b.so": b""}).infolist()}
    assert modes == {"a.py": stat.S_IFREG | 0o644, "b.so": stat.S_IFREG | 0o755}
