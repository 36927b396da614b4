"""The tenant's pages: they show the declared branding, load nothing from elsewhere, and are accessible."""

import base64
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.tenant import look
from local.tenant.store import Store
from scripts.tools import ROOT

BRANDING: dict[str, Any] = yaml.safe_load((ROOT / "auth0/branding.yaml").read_text())


def login_page(browser: Any) -> Any:
    start = browser.authorize()
    return browser.http.get(start.headers["location"])


def properties(text: str) -> dict[str, str]:
    """Return the custom properties of the page in light mode."""
    style = text.partition("@media")[0]
    return dict(re.findall(r"--([a-z-]+): ([^;]+);", style))


def test_the_login_page_shows_what_branding_yaml_says(browser: Any) -> None:
    text = login_page(browser).text
    shown, theme = properties(text), BRANDING["theme"]
    assert shown["primary"] == theme["colors"]["primary_button"]
    assert shown["page-background"] == theme["page_background"]["background_color"]
    assert shown["widget-radius"] == f"{theme['borders']['widget_corner_radius']}px"
    assert shown["logo-height"] == f"{theme['widget']['logo_height']}px"
    for key in ("title", "description", "logoAltText", "pageTitle"):
        assert BRANDING["texts"][key] in text
    assert "Continue with Amazon" in text
    picture = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', text)
    assert picture is not None
    assert base64.b64decode(picture[1]) == (ROOT / "site" / BRANDING["logo"]).read_bytes()


def test_the_management_api_takes_over(run_tenant: Any, browser_of: Any, tmp_path: Path) -> None:
    with run_tenant(tmp_path / "state") as tenant:
        theme = tenant.management("GET", "/branding/themes/default").json()
        identifier = theme.pop("themeId")
        theme["colors"]["primary_button"] = "#123456"
        theme["widget"]["header_text_alignment"] = "left"
        assert tenant.management("PATCH", f"/branding/themes/{identifier}", theme).status_code == 200
        texts = {"login": {"title": "Hello", "description": "You want ${clientName}, ${unknown}don't you?"}}
        assert tenant.management("PUT", "/prompts/login/custom-text/en", texts).status_code == 200
        logo = {"logo_url": "https://elsewhere.example/logo.svg"}
        assert tenant.management("PATCH", "/branding", logo).status_code == 200
        text = login_page(browser_of(tenant.create_client(name="Shop"), tenant)).text
    assert properties(text)["primary"] == "#123456"
    assert properties(text)["header-alignment"] == "start"
    assert "<h1>Hello</h1>" in text
    assert "You want Shop, don&#39;t you?" in text
    assert "<img" not in text
    assert "elsewhere" not in text


def test_the_sites_logo_is_known_by_its_path(tmp_path: Path) -> None:
    logo = look.read_logo(ROOT / "site", BRANDING["logo"])
    store = Store(tmp_path)
    store.settings.put("branding", {"logo_url": f"https://site.example/{BRANDING['logo']}"})
    assert look.of(store, logo).logo == logo
    store.close()


@pytest.mark.parametrize(
    "value", ["red; } body { display: none", "</style><script>", "url(https://x.example)", 7, None]
)
def test_a_value_that_is_no_colour_stays_out_of_the_style_sheet(tmp_path: Path, value: object) -> None:
    store = Store(tmp_path)
    store.themes.put("a", {"colors": {"primary_button": value}, "widget": {"logo_height": value}})
    shown = look.of(store, None).properties
    assert re.fullmatch(r"#[0-9a-f]{6}", shown["primary"])
    assert re.fullmatch(r"[0-9]+px", shown["logo-height"])
    store.close()


class Page(HTMLParser):
    """The content of a page: each element's name and attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def pages(browser: Any) -> dict[str, Any]:
    login = login_page(browser)
    path = re.search(r'href="(/u/identity-provider/google-oauth2[^"]+)"', login.text)
    assert path is not None
    return {
        "login": login,
        "identity provider": browser.http.get(path[1].replace("&amp;", "&")),
        "error": browser.http.get("/authorize", params={"client_id": "nobody"}),
        "home": browser.http.get("/"),
    }


def test_every_page_is_whole_for_every_reader(browser: Any) -> None:
    for name, answer in pages(browser).items():
        page = Page(answer.text)
        assert page.all("html") == [{"lang": "en"}], name
        assert len(page.all("title")) == len(page.all("main")) == len(page.all("h1")) == 1, name
        assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all("meta"), name
        labels = {each["for"] for each in page.all("label")}
        fields = {each["id"] for each in page.all("input") if each.get("type") != "hidden"}
        assert labels == fields, name
        assert all(each.get("alt") for each in page.all("img")), name
        assert "Local tenant: not for production" in answer.text, name
        assert "prefers-color-scheme: dark" in answer.text, name


def test_no_page_loads_anything_from_elsewhere(browser: Any) -> None:
    for name, answer in pages(browser).items():
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'nonce-"), name
        assert "frame-ancestors 'none'" in policy, name
        assert "unsafe" not in policy, name
        page = Page(answer.text)
        assert page.all("script") == [], name
        addresses = [each["src"] for each in page.all("img")] + [each["href"] for each in page.all("link")]
        assert all((address or "").startswith("data:") for address in addresses), name
        assert "url(" not in answer.text, name


def test_the_home_page_tells_what_there_is_and_no_secret(run_tenant: Any, browser_of: Any, tmp_path: Path) -> None:
    with run_tenant(tmp_path / "state") as tenant:
        app = tenant.create_client(name="Shop & Sons")
        browser = browser_of(app, tenant)
        tokens = browser.tokens("amazon")
        text = browser.http.get("/").text
        secret = json.loads((tenant.directory / "management.json").read_text())["client_secret"]
    for told in (
        "Shop &amp; Sons",
        app["client_id"],
        "make token CONNECTION=amazon",
        "https://StreamingResourceServer",
    ):
        assert told in text
    assert "read:Devices read:Movies" in text
    assert re.search(r"<td>s</td><td>Shop &amp; Sons, amazon</td><td>Login</td>", text)
    for hidden in (secret, app["client_secret"], "ada@example.com", "amazon|", *map(str, tokens.values())):
        assert hidden in ("Bearer", tokens["scope"], str(tokens["expires_in"])) or hidden not in text
