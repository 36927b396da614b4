"""The look of the tenant's pages: the Universal Login settings of the Management API, as CSS and texts.

The seed stores auth0/branding.yaml as these settings, until Terraform changes them. A page loads nothing from another
server, so it contains the logo file that branding.yaml names.
https://auth0.com/docs/customize/login-pages/universal-login/customize-themes
"""

import base64
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.tenant.store import Document, Store

_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}")
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_MEDIA_TYPES = {".svg": "image/svg+xml", ".png": "image/png"}
# The custom properties of base.html: the theme's group and key for each, and its value without a theme.
_COLOURS = {
    "header": ("colors", "header", "#1e212a"),
    "body-text": ("colors", "body_text", "#4a4f59"),
    "links": ("colors", "links_focused_components", "#3f59e4"),
    "focus": ("colors", "base_focus_color", "#3f59e4"),
    "primary": ("colors", "primary_button", "#3f59e4"),
    "primary-label": ("colors", "primary_button_label", "#ffffff"),
    "secondary-border": ("colors", "secondary_button_border", "#7c818b"),
    "secondary-label": ("colors", "secondary_button_label", "#1e212a"),
    "widget-background": ("colors", "widget_background", "#ffffff"),
    "widget-border": ("colors", "widget_border", "#c9cace"),
    "error": ("colors", "error", "#a8202b"),
    "page-background": ("page_background", "background_color", "#f1f2f5"),
}
_LENGTHS = {
    "button-radius": ("borders", "button_border_radius", 3),
    "button-weight": ("borders", "button_border_weight", 1),
    "widget-radius": ("borders", "widget_corner_radius", 5),
    "widget-weight": ("borders", "widget_border_weight", 1),
    "logo-height": ("widget", "logo_height", 52),
}
_ALIGNMENTS = {"left": "start", "center": "center", "right": "end"}
_TEXTS = {
    "pageTitle": "Log in | ${clientName}",
    "title": "Welcome",
    "description": "Log in to ${companyName} to continue to ${clientName}.",
    "federatedConnectionButtonText": "Continue with ${connectionName}",
    "logoAltText": "${companyName}",
}


@dataclass(frozen=True)
class Logo:
    """An image of the site, and its path on the deployed site."""

    path: str
    data_uri: str


@dataclass(frozen=True)
class Look:
    """CSS custom properties by name, texts by Auth0's key, and the logo (None: show none)."""

    properties: dict[str, str] = field(default_factory=lambda: _properties({}))
    texts: dict[str, str] = field(default_factory=lambda: dict(_TEXTS))
    logo: Logo | None = None

    def text(self, key: str, **variables: str) -> str:
        """Return a text with its `${variables}` replaced; a variable without a value becomes empty."""
        return _VARIABLE.sub(lambda found: variables.get(found[1], ""), self.texts[key])


def of(store: Store, logo: Logo | None) -> Look:
    """Return the look that the tenant's settings describe now."""
    theme = next(iter(store.themes.values()), {})
    branding = store.settings.get("branding") or {}
    own = (store.settings.get("prompts/login/custom-text/en") or {}).get("login", {})
    texts = {key: str(own.get(key) or text) for key, text in _TEXTS.items()}
    url = _part(theme, "widget").get("logo_url") or branding.get("logo_url")
    shown = logo if logo is not None and (not url or urlsplit(str(url)).path.endswith(f"/{logo.path}")) else None
    if _part(theme, "widget").get("logo_position") == "none":
        shown = None
    return Look(_properties(theme or _from_branding(branding)), texts, shown)


def read_logo(site: Path, path: str) -> Logo | None:
    """Return an image of the site, or None if the file is missing or not an image."""
    try:
        content = (site / path).read_bytes()
    except OSError:
        return None
    media_type = _MEDIA_TYPES.get(Path(path).suffix)
    if media_type is None:
        return None
    return Logo(path, f"data:{media_type};base64,{base64.b64encode(content).decode()}")


def _from_branding(branding: Document) -> Document:
    """Return the theme of a tenant that has none: the two colours of its branding."""
    colours = branding.get("colors") or {}
    return {
        "colors": {"primary_button": colours.get("primary"), "links_focused_components": colours.get("primary")},
        "page_background": {"background_color": colours.get("page_background")},
    }


def _properties(theme: Document) -> dict[str, str]:
    # Check each value again, although the Management API has: it goes into a style sheet.
    properties = {name: _colour(_part(theme, group).get(key), plain) for name, (group, key, plain) in _COLOURS.items()}
    properties |= {
        name: f"{_number(_part(theme, group).get(key), plain):g}px" for name, (group, key, plain) in _LENGTHS.items()
    }
    widget, borders = _part(theme, "widget"), _part(theme, "borders")
    if borders.get("buttons_style") in ("pill", "sharp"):
        properties["button-radius"] = "999px" if borders["buttons_style"] == "pill" else "0px"
    properties["shadow"] = "0 8px 24px rgb(0 0 0 / 8%)" if borders.get("show_widget_shadow", True) else "none"
    properties["header-alignment"] = _ALIGNMENTS.get(str(widget.get("header_text_alignment")), "center")
    properties["logo-alignment"] = _ALIGNMENTS.get(str(widget.get("logo_position")), "center")
    layout = _part(theme, "page_background").get("page_layout")
    properties["page-alignment"] = _ALIGNMENTS.get(str(layout), "center")
    return properties


def _part(theme: Document, name: str) -> Document:
    part: Document = theme.get(name) or {}
    return part


def _colour(value: Any, plain: str) -> str:  # noqa: ANN401 - any JSON
    return value if isinstance(value, str) and _COLOUR.fullmatch(value) else plain


def _number(value: Any, plain: float) -> float:  # noqa: ANN401 - any JSON
    return float(value) if isinstance(value, int | float) and 0 <= value <= 100 else plain
