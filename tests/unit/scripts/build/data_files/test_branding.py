from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.build.data_files import load_project
from scripts.build.data_files.branding import contrast, load_branding
from scripts.errors import UserError

Spoil = Callable[[str, str, str], None]
FILE = "auth0/branding.yaml"


def problems(checkout: Path) -> str:
    with pytest.raises(UserError) as raised:
        load_branding(checkout / FILE, checkout / "site")
    return str(raised.value)


def test_our_own_file_gives_a_logo_a_theme_and_the_texts_of_the_sign_in_page(checkout: Path) -> None:
    branding = load_branding(checkout / FILE, checkout / "site")
    assert branding["logo"] == "icons/gatehouse.svg"
    assert branding["theme"]["colors"]["primary_button"] == "#1c6b66"
    assert branding["texts"]["title"] == "Welcome to Gatehouse"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        pytest.param("primary_button:", "primary_buton:", 'unknown key "primary_buton"; did you mean', id="a typo"),
        pytest.param('"#1c6b66"', '"teal"', '"teal" must match', id="a colour by name"),
        pytest.param("gatehouse.svg", "gateway.svg", "site has no icons/gateway.svg; name a file of it", id="no logo"),
        pytest.param("icons/", "../", "must match", id="a logo outside the site"),
        pytest.param("icons/", "https://example.com/", "must match", id="a logo of somebody else"),
        pytest.param("rounded", "round", '"round" is not allowed; did you mean "rounded"?', id="an unknown style"),
        pytest.param("logo_height: 52", "logo_height: 520", "greater than the maximum of 100", id="a logo too high"),
        pytest.param("  title: Welcome to Gatehouse\n", "", 'texts: "title" is missing; add it', id="no title"),
    ],
)
def test_a_mistake_is_a_sentence_that_names_file_place_and_fix(
    checkout: Path, spoil: Spoil, old: str, new: str, sentence: str
) -> None:
    spoil(FILE, old, new)
    assert "branding.yaml" in problems(checkout)
    assert sentence in problems(checkout)


def test_text_that_some_people_could_not_read_is_refused(checkout: Path, spoil: Spoil) -> None:
    spoil(FILE, 'body_text: "#56626a"', 'body_text: "#9aa5ab"')
    assert "body_text #9aa5ab on widget_background #ffffff has a contrast of 2.5; it needs 4.5" in problems(checkout)


def test_a_button_without_a_visible_edge_is_refused(checkout: Path, spoil: Spoil) -> None:
    spoil(FILE, 'secondary_button_border: "#88939a"', 'secondary_button_border: "#dfdcd3"')
    assert "secondary_button_border #dfdcd3 on widget_background #ffffff" in problems(checkout)


def test_a_build_reports_it_with_the_problems_of_the_other_files(checkout: Path, spoil: Spoil) -> None:
    spoil(FILE, "texts:", "text:")
    spoil("auth0/access.yaml", "audience:", "audeince:")
    with pytest.raises(UserError) as raised:
        load_project(checkout)
    assert 'did you mean "texts"?' in str(raised.value)
    assert 'did you mean "audience"?' in str(raised.value)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_counted_as_wcag_does(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)
