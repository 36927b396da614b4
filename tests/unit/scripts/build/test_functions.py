import json
import random
import re
import zipfile
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import pytest

from scripts.build.functions import build_functions

NAMES = ("authorizer", "devices", "movies", "orders")


def names_in(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def top_level(path: Path) -> set[str]:
    """Return the first parts of the names, without a library's version and the machine's tag."""
    return {re.sub(r"-[0-9][^/]*(?=\.dist-info)|\.cpython-.*\.so$", "", name.split("/")[0]) for name in names_in(path)}


def read_json(path: Path, name: str) -> Any:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read(name))


def test_the_authorizer_s_zip_holds_it_its_rules_and_its_libraries_and_nothing_else(built: Any) -> None:
    libraries = {"_cffi_backend", "cryptography", "jwt", "pybase64"}
    licences = {f"{name}.dist-info" for name in ("cffi", "cryptography", "pybase64", "pyjwt")}
    assert top_level(built.archive("authorizer")) == {"authorizer"} | libraries | licences
    own = {name for name in names_in(built.archive("authorizer")) if name.startswith("authorizer/")}
    functions = built.root / "functions"
    sources = {path.relative_to(functions).as_posix() for path in (functions / "authorizer").rglob("*.py")}
    assert {name for name in own if not name.endswith(".pyc")} == sources | {"authorizer/access_model.json"}


@pytest.mark.parametrize("name", ["movies", "orders"])
def test_an_api_s_zip_holds_it_its_document_and_what_every_api_shares(built: Any, name: str) -> None:
    libraries = {folder for folder in top_level(built.archive(name)) if folder.startswith("fastjsonschema")}
    assert top_level(built.archive(name)) == {name, "guard", "table_api"} | libraries
    assert "fastjsonschema" in libraries
    assert {entry for entry in names_in(built.archive(name)) if entry.startswith(f"{name}/") and "__" not in entry} == {
        f"{name}/handler.py",
        f"{name}/openapi.json",
    }


def test_our_sources_travel_with_their_bytecode_and_the_libraries_as_bytecode_loaded_unchecked(built: Any) -> None:
    for name in NAMES:
        with zipfile.ZipFile(built.archive(name)) as archive:
            names = set(archive.namelist())
            sources = {entry for entry in names if entry.endswith(".py")}
            assert {source.split("/")[0] for source in sources} <= {name, "guard", "table_api"}
            bytecode = {entry for entry in names if entry.endswith(".pyc")}
            assert {cache_from_source(source) for source in sources} == {
                file for file in bytecode if "__pycache__" in file
            }
            assert {archive.read(file)[4:8] for file in bytecode} == {b"\x01\0\0\0"}


def test_no_entry_tells_when_where_or_by_whom_it_was_built(built: Any) -> None:
    for name in NAMES:
        with zipfile.ZipFile(built.archive(name)) as archive:
            entries = archive.infolist()
            assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
            assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
            assert {entry.external_attr >> 16 for entry in entries} <= {0o100644, 0o100755}
            assert {entry.compress_type for entry in entries} == {zipfile.ZIP_DEFLATED}
            assert not any(str(built.root).encode() in archive.read(entry) for entry in entries)


def test_the_access_model_and_the_document_are_compiled_from_the_data_files(built: Any) -> None:
    access_model = read_json(built.archive("authorizer"), "authorizer/access_model.json")
    assert {"method": "GET", "path": "/movies", "any_of": [["read:Movies"]]} in access_model["operations"]
    document = read_json(built.archive("movies"), "movies/openapi.json")
    assert document["paths"]["/movies"]["get"]["security"] == [{"auth0": ["read:Movies"]}]


def test_two_builds_in_other_folders_time_zones_and_umasks_give_the_same_bytes(
    built: Any, twin: Any, tmp_path: Path
) -> None:
    answer = twin.build(umask=0o077, TZ="Pacific/Kiritimati", LC_ALL="C", PYTHONHASHSEED="7", HOME=str(tmp_path))
    assert answer.returncode == 0, answer.stderr
    for name in NAMES:
        assert twin.archive(name).read_bytes() == built.archive(name).read_bytes()


def test_the_authorizer_s_zip_is_no_larger_than_its_bar_on_either_architecture(authorizers: dict[str, Path]) -> None:
    assert max(path.stat().st_size for path in authorizers.values()) <= 5_100_000


def test_the_authorizers_of_two_architectures_differ_only_in_their_native_libraries(
    authorizers: dict[str, Path],
) -> None:
    contents = []
    for path in authorizers.values():
        with zipfile.ZipFile(path) as archive:
            contents.append(
                {(re.sub(r"\.cpython-.*\.so$", "", name), archive.read(name)) for name in archive.namelist()}
            )
    differing = {name for name, _ in set.symmetric_difference(*contents) if ".dist-info/" not in name}
    assert differing == {"_cffi_backend", "cryptography/hazmat/bindings/_rust.abi3.so", "pybase64/_pybase64"}


def test_a_second_run_changes_nothing(checkout: Any) -> None:
    before = {name: checkout.archive(name).stat().st_mtime_ns for name in NAMES}
    answer = checkout.build()
    assert answer.returncode == 0
    assert answer.stdout.count("unchanged") == 5
    assert {name: checkout.archive(name).stat().st_mtime_ns for name in NAMES} == before


def test_a_change_in_one_api_builds_that_one(checkout: Any) -> None:
    with (checkout.root / "functions/movies/handler.py").open("a", encoding="utf-8") as source:
        source.write("# more\n")
    lines = checkout.build().stdout.splitlines()
    assert {line.split()[0].split("/")[-1]: line.split()[-1] for line in lines if ".zip" in line} == {
        "authorizer.zip": "unchanged",
        "devices.zip": "unchanged",
        "movies.zip": "built",
        "orders.zip": "unchanged",
    }


def test_a_preview_s_audience_is_in_the_authorizer_alone_and_goes_away_with_the_next_build(checkout: Any) -> None:
    def changed(audience: str | None) -> list[str]:
        made = build_functions(checkout.root, checkout.root / "build", checkout.architecture, audience)
        return [one.path.stem for one in made if one.changed]

    def audience() -> Any:
        return read_json(checkout.archive("authorizer"), "authorizer/access_model.json")["audience"]

    own = audience()
    assert (changed(f"{own}/pull12"), audience()) == (["authorizer"], f"{own}/pull12")
    assert (changed(None), audience()) == (["authorizer"], own)


def test_a_damaged_zip_is_built_again(checkout: Any) -> None:
    whole = checkout.archive("movies").read_bytes()
    checkout.archive("movies").write_bytes(whole[:1000])
    assert checkout.build().returncode == 0
    assert checkout.archive("movies").read_bytes() == whole


def test_a_typo_in_the_rules_ends_with_exit_code_2_and_leaves_every_zip_as_it_was(checkout: Any) -> None:
    before = {name: checkout.archive(name).read_bytes() for name in NAMES}
    access = checkout.root / "auth0/access.yaml"
    text = access.read_text(encoding="utf-8")
    access.write_text(text.replace("scopes: [read:M", "scopse: [read:M"), encoding="utf-8")
    answer = checkout.build()
    assert answer.returncode == 2
    assert 'unknown key "scopse"; did you mean "scopes"?' in answer.stderr
    assert "Traceback" not in answer.stderr
    assert {name: checkout.archive(name).read_bytes() for name in NAMES} == before
    left = {path.name for path in checkout.archive("movies").parent.iterdir()}
    assert left == {"inputs.json"} | {f"{name}.zip" for name in NAMES}


def test_a_new_api_is_one_folder(checkout: Any) -> None:
    functions = checkout.root / "functions"
    (functions / "series").mkdir()
    for name in ("__init__.py", "handler.py", "openapi.yaml", "sample.json"):
        text = (functions / "movies" / name).read_text(encoding="utf-8")
        text = text.replace("/movies", "/series").replace("Movies\n", "Series\n")
        (functions / "series" / name).write_text(text, encoding="utf-8")
    assert checkout.build().returncode == 0
    assert read_json(checkout.archive("series"), "series/openapi.json")["paths"].keys() == {
        "/series",
        "/series/{id}",
        "/series/health",
    }
    access_model = read_json(checkout.archive("authorizer"), "authorizer/access_model.json")
    assert {"method": "GET", "path": "/series", "any_of": [["read:Movies"]]} in access_model["operations"]


def test_the_lock_of_an_editor_is_no_source(checkout: Any) -> None:
    (checkout.root / "functions/movies/.#handler.py").symlink_to("dev@laptop.1:1")
    (checkout.root / "functions/movies/handler.py~").write_text("old", encoding="utf-8")

    assert "unchanged" in checkout.build().stdout


def test_a_file_that_would_be_left_out_of_a_function_is_refused_with_the_fix(checkout: Any) -> None:
    (checkout.root / "functions/movies/genres.csv").write_text("drama", encoding="utf-8")

    answer = checkout.build()

    assert answer.returncode == 2
    assert "functions/movies/genres.csv would be left out of the function" in answer.stderr


def test_a_zip_over_its_budget_is_refused_with_its_heaviest_file(checkout: Any) -> None:
    noise = random.Random(1).randbytes(3_000_000).hex()  # noqa: S311 - the same each time, so it is compiled once
    (checkout.root / "functions/movies/heavy.py").write_text(f"x = '{noise}'\n", encoding="utf-8")
    answer = checkout.build()
    assert answer.returncode == 1
    assert re.search(
        r"movies\.zip would be .* over the budget of 5\.1 MB; its heaviest .* movies/.*heavy", answer.stderr
    )


@pytest.mark.parametrize("release", ["3.13.0", "3.13.99"])
def test_the_patch_release_of_python_makes_no_difference(checkout: Any, release: str) -> None:
    before = {name: checkout.archive(name).read_bytes() for name in NAMES}
    (checkout.root / ".python-version").write_text(f"{release}\n", encoding="utf-8")
    (checkout.root / "build" / checkout.architecture / "inputs.json").unlink()
    list(build_functions(checkout.root, checkout.root / "build", checkout.architecture))
    assert {name: checkout.archive(name).read_bytes() for name in NAMES} == before


def test_one_function_is_built_without_the_libraries_of_the_others(checkout: Any) -> None:
    (checkout.root / "requirements/apis.txt").write_text(f"pyjwt==2.15.1 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    (checkout.root / "build" / checkout.architecture / "inputs.json").unlink()
    output = checkout.root / "build"
    (built,) = build_functions(checkout.root, output, checkout.architecture, names=["authorizer"])
    assert built.path == checkout.archive("authorizer")


def test_libraries_that_cannot_be_downloaded_are_a_sentence_and_leave_no_half_cache(
    checkout: Any, tmp_path: Path
) -> None:
    (checkout.root / "requirements/apis.txt").write_text(f"pyjwt==2.15.1 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    output = tmp_path / "output"
    (output / "cache" / "wheels").mkdir(parents=True)
    answer = checkout.build("--output", str(output))
    assert answer.returncode == 1
    assert "pip cannot download requirements/apis.txt" in answer.stderr
    wheels = output / "cache" / "wheels" / checkout.architecture
    assert [path.name for path in wheels.iterdir() if "apis" in path.name] == []


def test_a_source_that_cannot_be_compiled_is_a_sentence_and_leaves_the_old_zip(checkout: Any) -> None:
    before = checkout.archive("movies").read_bytes()
    (checkout.root / "functions/movies/broken.py").write_text("def\n", encoding="utf-8")
    answer = checkout.build()
    assert answer.returncode == 1
    assert re.fullmatch(r"error: a source cannot be compiled: .*movies/broken\.py.*\n", answer.stderr)
    assert checkout.archive("movies").read_bytes() == before
    assert [path.name for path in checkout.archive("movies").parent.iterdir() if path.name.startswith(".")] == []
