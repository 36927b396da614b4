"""How the tenant's own pages look: what the Management API was told about Universal Login, in CSS and words.

Until Terraform says otherwise, that is auth0/branding.yaml, which the seed puts in the same place. No page loads
anything from elsewhere, so the logo is the file that branding.yaml names, inside the page.
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
# Which part of a theme each custom property of base.html takes, and what it is without a theme.
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
    """A picture of the site, and the path by which the deployed site serves it."""

    path: str
    data_uri: str


@dataclass(frozen=True)
class Look:
    """CSS custom properties by name, texts by Auth0's key, and the logo, None where there is none to show."""

    properties: dict[str, str] = field(default_factory=lambda: _properties({}))
    texts: dict[str, str] = field(default_factory=lambda: dict(_TEXTS))
    logo: Logo | None = None

    def text(self, key: str, **variables: str) -> str:
        """Return a text, its `${variables}` filled in; one that is not given stays away."""
        return _VARIABLE.sub(lambda found: variables.get(found[1], ""), self.texts[key])


def of(store: Store, logo: Logo | None) -> Look:
    """Return the look that the tenant's settings describe today."""
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
    """Return the site's picture, or None when the file is not there or no picture."""
    try:
        content = (site / path).read_bytes()
    except OSError:
        return None
    media_type = _MEDIA_TYPES.get(Path(path).suffix)
    if media_type is None:
        return None
    return Logo(path, f"data:{media_type};base64,{base64.b64encode(content).decode()}")


def _from_branding(branding: Document) -> Document:
    """Return the little of a theme that a tenant without one has: its two colours."""
    colours = branding.get("colors") or {}
    return {
        "colors": {"primary_button": colours.get("primary"), "links_focused_components": colours.get("primary")},
        "page_background": {"background_color": colours.get("page_background")},
    }


def _properties(theme: Document) -> dict[str, str]:
    # Each value is checked again, although the Management API did: it goes into a style sheet.
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


def _colour(value: Any, plain: str) -> str:  # noqa: ANN401 - whatever JSON says
    return value if isinstance(value, str) and _COLOUR.fullmatch(value) else plain


def _number(value: Any, plain: float) -> float:  # noqa: ANN401 - whatever JSON says
    return float(value) if isinstance(value, int | float) and 0 <= value <= 100 else plain
