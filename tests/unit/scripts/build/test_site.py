from pathlib import Path
from typing import Any

import pytest


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_site_holds_its_page_and_the_libraries_under_the_names_that_it_imports(built: Any) -> None:
    site = built.root / "build/site"
    assert {"index.html", "vendor/auth0-spa-js.js", "vendor/auth0-spa-js.worker.js"} <= files(site)
    library = (site / "vendor/auth0-spa-js.js").read_text(encoding="utf-8")
    assert "export{" in library
    assert "createAuth0Client" in library
    assert "WebAuth" in (site / "vendor/auth0-js.js").read_text(encoding="utf-8")
    assert (site / "index.html").read_bytes() == (built.root / "site/index.html").read_bytes()


@pytest.mark.parametrize("name", ["package.json", "biome.json", ".npmrc", "notes.md", "secret.pem", "tests/a.js"])
def test_what_is_no_part_of_the_site_is_not_published(checkout: Any, name: str) -> None:
    path = checkout.root / "site" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x", encoding="utf-8")
    assert checkout.build().returncode == 0
    assert name not in files(checkout.root / "build/site")


def test_a_file_that_leaves_the_site_leaves_the_build(checkout: Any) -> None:
    (checkout.root / "site/old").mkdir()
    (checkout.root / "site/old/page.js").write_text("1", encoding="utf-8")
    checkout.build()
    assert "old/page.js" in files(checkout.root / "build/site")
    (checkout.root / "site/old/page.js").unlink()
    checkout.build()
    assert not (checkout.root / "build/site/old").exists()


def test_a_file_that_did_not_change_keeps_its_date(checkout: Any) -> None:
    site = checkout.root / "build/site"
    before = (site / "vendor/auth0-spa-js.js").stat().st_mtime_ns
    (checkout.root / "site/index.html").write_text("<!doctype html>", encoding="utf-8")
    checkout.build()
    assert (site / "index.html").read_text(encoding="utf-8") == "<!doctype html>"
    assert (site / "vendor/auth0-spa-js.js").stat().st_mtime_ns == before
