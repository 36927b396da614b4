"""Reads branding.yaml: the look of the sign-in page, at Auth0 and at the local tenant."""

from pathlib import Path
from typing import Any

from scripts.build.data_files.documents import read_yaml, reject, schema_problems, shown
from scripts.tools import ROOT

SCHEMA_PATH = ROOT / "auth0" / "branding.schema.json"
# Text and background, by the theme's colour names. WCAG 2.2 requires 4.5 (§1.4.3), or 3 for non-text (§1.4.11).
_TEXT = (
    ("header", "widget_background"),
    ("body_text", "widget_background"),
    ("links_focused_components", "widget_background"),
    ("error", "widget_background"),
    ("primary_button_label", "primary_button"),
    ("secondary_button_label", "widget_background"),
)
_PARTS = (("secondary_button_border", "widget_background"), ("base_focus_color", "widget_background"))
_LEAST_FOR_TEXT, _LEAST_FOR_PARTS = 4.5, 3.0


def load_branding(branding_path: Path, site_directory: Path) -> dict[str, Any]:
    """Return the content of branding.yaml, as auth0/branding.schema.json describes it.

    Raises UserError if the file cannot be read, does not follow the schema, names a logo that the site does not have,
    or has colours with too little contrast; every problem is a line with file, place and fix.
    """
    branding = read_yaml(branding_path)
    reject(schema_problems(branding, SCHEMA_PATH, branding_path))
    problems = _contrast_problems(branding["theme"]["colors"])
    if not (site_directory / branding["logo"]).is_file():
        problems.append(f"logo: {shown(site_directory)} has no {branding['logo']}; name a file of it")
    reject([f"{shown(branding_path)}: {problem}" for problem in problems])
    return branding


def _contrast_problems(colours: dict[str, str]) -> list[str]:
    return [
        f"theme.colors: {one} {colours[one]} on {other} {colours[other]} has a contrast of {found:.1f}; "
        f"it needs {least}, so make one of them darker"
        for pairs, least in ((_TEXT, _LEAST_FOR_TEXT), (_PARTS, _LEAST_FOR_PARTS))
        for one, other in pairs
        if (found := contrast(colours[one], colours[other])) < least
    ]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours `#rrggbb`, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance"."""
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
