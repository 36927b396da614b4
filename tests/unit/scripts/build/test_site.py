"""build/site: the published files and their names, and the files that are refused or reported as left out."""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.build.site import build_site
from scripts.errors import OperationError, UserError
from scripts.tools import ROOT

SITE = ROOT / "site"


@dataclass(frozen=True)
class Site:
    """A copy of site/ and its build; the libraries are those of the checkout."""

    source: Path
    built: Path

    def build(self, *, accept_libraries: bool = False) -> None:
        build_site(self.source.parent, self.built.parent, accept_libraries=accept_libraries)

    def put(self, name: str, content: str = "x") -> Path:
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path

    def change(self, name: str, old: str, new: str) -> None:
        path = self.source / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def page(self) -> str:
        return (self.built / "index.html").read_text("utf-8")

    def files(self) -> set[str]:
        return {path.relative_to(self.built).as_posix() for path in self.built.rglob("*") if path.is_file()}

    def listed(self) -> dict[str, str]:
        types: dict[str, str] = json.loads((self.built / "files.json").read_text("utf-8"))["content_types"]
        return types


def copy_site(root: Path) -> Site:
    shutil.copytree(SITE, root / "site", ignore=shutil.ignore_patterns("node_modules"))
    (root / "site/node_modules").symlink_to(SITE / "node_modules")
    return Site(root / "site", root / "build/site")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A built site; tests do not change it."""
    site = copy_site(tmp_path_factory.mktemp("built"))
    site.build()
    return site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """The test's own site, not built."""
    return copy_site(tmp_path)


def test_the_list_names_every_file_and_no_other(built: Site) -> None:
    assert set(built.listed()) == built.files()


def test_the_page_names_files_that_are_there_and_whose_names_carry_a_hash(built: Site) -> None:
    named = set(re.findall(r'(?:href|src)="/([^"]+)"', built.page())) - {"config.json"}  # Terraform writes it

    assert named <= built.files()
    assert all(re.fullmatch(r"assets/[\w.-]+-[A-Z0-9]{8}\.(js|css|svg)", name) for name in named)


def test_a_module_that_the_script_imports_at_once_is_fetched_with_it(built: Site) -> None:
    script = re.search(r'<script type="module" src="/(assets/main-[^"]+)"', built.page())
    assert script is not None

    imported = re.findall(r'^import\b.*?"\./([^"]+)"|\bfrom"\./([^"]+)"', (built.built / script[1]).read_text("utf-8"))

    names = {f"assets/{one or other}" for one, other in imported}
    assert names <= set(re.findall(r'rel="modulepreload" href="/([^"]+)"', built.page()))


def test_the_sign_in_library_comes_when_it_is_needed(built: Site) -> None:
    at_once = [name for name in built.files() if f'"/{name}"' in built.page()]

    assert at_once
    assert sum((built.built / name).stat().st_size for name in at_once) < 60_000
    assert "code_verifier" not in "".join((built.built / name).read_text("utf-8") for name in at_once)


def test_the_licence_of_each_library_is_published(built: Site) -> None:
    text = (built.built / "licenses.txt").read_text("utf-8")
    dependencies = json.loads((built.source / "package.json").read_text("utf-8"))["dependencies"]

    assert set(dependencies) <= set(text.splitlines())


def test_another_checkout_gives_the_same_names_and_bytes(built: Site, tmp_path: Path) -> None:
    twin = copy_site(tmp_path / "twin" / "of the checkout")
    twin.build()

    assert built.files() == twin.files()
    assert all((built.built / name).read_bytes() == (twin.built / name).read_bytes() for name in built.files())


def test_a_change_leaves_the_names_of_the_files_that_it_does_not_touch(built: Site, site: Site) -> None:
    site.put("styles/extra.css", "p { margin: 0 }")
    site.change("styles/site.css", "@import", '@import "./extra.css";\n@import')
    site.build()

    assert {name.rsplit("-", 1)[0] for name in built.files() ^ site.files()} == {"assets/site"}


def test_what_is_no_part_of_the_site_is_not_published(site: Site) -> None:
    for name in (".DS_Store", "app/.main.js.swp", "app/main.js~", "app/config.d.ts", "tsconfig.json"):
        site.put(name)
    (site.source / "app/.#main.js").symlink_to("somebody@laptop.1:1")  # an editor's lock
    site.build()

    published = {path.rsplit("/", 1)[-1] for path in site.files()}
    assert published.isdisjoint({"package.json", "biome.json", ".npmrc", ".DS_Store", "main.js~", "config.d.ts"})


def test_a_picture_and_a_manifest_are_published_with_their_types(site: Site) -> None:
    for name in ("images/poster.jpg", "poster.webp", "app.webmanifest"):
        site.put(name)
    site.build()

    assert site.listed()["images/poster.jpg"] == "image/jpeg"
    assert site.listed()["poster.webp"] == "image/webp"
    assert site.listed()["app.webmanifest"] == "application/manifest+json"


@pytest.mark.parametrize("name", ["notes.md", "secret.pem", "COPYING"])
def test_a_file_that_would_be_left_out_is_refused_with_the_fix(site: Site, name: str) -> None:
    site.put(name)

    with pytest.raises(UserError, match=rf"site/{name} would be left out of the site.*; move it out of site/, or add"):
        site.build()


@pytest.mark.parametrize("name", ["config.json", "files.json", "assets/mine.js"])
def test_a_file_with_the_name_of_a_deployed_one_is_refused(site: Site, name: str) -> None:
    site.put(name, "{}")

    with pytest.raises(UserError, match=rf"site/{name} has the name of a file that the deployment creates"):
        site.build()


def test_a_link_is_refused_because_it_would_not_be_deployed(site: Site) -> None:
    (site.source / "poster.jpg").symlink_to("/etc/hostname")

    with pytest.raises(UserError, match=r"site/poster.jpg is a symbolic link"):
        site.build()


def test_a_module_that_nothing_imports_is_named(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    site.put("app/forgotten.js", "export const forgotten = true;")
    site.build()

    assert "not deployed, because nothing imports it: site/app/forgotten.js" in capfd.readouterr().out


def test_a_page_that_names_a_file_that_is_not_there_is_refused(site: Site) -> None:
    site.change("index.html", "/app/main.js", "/app/mian.js")

    with pytest.raises(UserError, match=r"names /app/mian.js, but there is no site/app/mian.js"):
        site.build()


def test_a_mistake_in_a_module_is_reported_with_its_place(site: Site) -> None:
    site.put("app/main.js", "import { nobody } from './nowhere.js';")

    with pytest.raises(OperationError, match=r'Could not resolve "./nowhere.js"[\s\S]*app/main.js:1:'):
        site.build()


def test_a_library_that_was_changed_after_it_was_installed_is_refused(site: Site) -> None:
    recorded = (site.source / "libraries.json").read_text("utf-8")
    site.put("libraries.json", re.sub(r'"[0-9a-f]{64}"', f'"{"0" * 64}"', recorded, count=1))

    with pytest.raises(UserError, match=r"is not what was recorded in site/libraries.json"):
        site.build()


def test_a_library_that_nobody_recorded_is_refused_until_somebody_accepts_it(site: Site) -> None:
    recorded = (site.source / "libraries.json").read_text("utf-8")
    site.put("libraries.json", "{}")

    with pytest.raises(UserError, match=r"is not recorded in site/libraries.json"):
        site.build()
    site.build(accept_libraries=True)
    assert (site.source / "libraries.json").read_text("utf-8") == recorded


def test_a_file_that_leaves_the_site_leaves_the_build(site: Site) -> None:
    picture = site.put("old/picture.svg")
    site.build()
    assert "old/picture.svg" in site.files()

    picture.unlink()
    site.build()
    assert not (site.built / "old").exists()


def test_a_file_that_did_not_change_keeps_its_date(site: Site) -> None:
    site.build()
    before = (site.built / "licenses.txt").stat().st_mtime_ns
    site.change("index.html", "<body>", '<body class="new">')
    site.build()

    assert 'class="new"' in site.page()
    assert (site.built / "licenses.txt").stat().st_mtime_ns == before
