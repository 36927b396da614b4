"""`exp`, `iat`, `nbf`: numbers of seconds, each compared with exactly the leeway (RFC 7519 §4.1.4-6)."""

from scripts.hostile_tokens.case import Category, Recipe
from scripts.hostile_tokens.jose import Text
from scripts.hostile_tokens.recipes import issued

_NUMBER = "a NumericDate is a JSON number (RFC 7519 §2)"
_LAST_DAY = 253_402_214_400  # 9999-12-31
_LAST = "a policy has to name the date, the leeway included, and years have four digits there"
_RANGE = "no date that exists"
_PASSED = "its time has passed (RFC 7519 §4.1.4)"
_EARLY = "its time has not come (RFC 7519 §4.1.5, §4.1.6)"
_EDGE = "the leeway is a setting, and not a second more (RFC 7519 §4.1.4)"

dates = Category("exp, iat and nbf")

_NO_NUMBERS: dict[str, object] = {
    "null": None,
    "a-string-of-digits": "9999999999",
    "an-ISO-date": "2099-01-01T00:00:00Z",
    "empty": "",
    "true": True,
    "false": False,
    "an-array": [9_999_999_999],
    "an-object": {"$date": 9_999_999_999},
    "NaN": Text("NaN"),
    "Infinity": Text("Infinity"),
    "minus-Infinity": Text("-Infinity"),
    "of-arabic-digits": "\u0669\u0669\u0669\u0669\u0669\u0669\u0669\u0669\u0669\u0669",
}

_NO_DATES: dict[str, object] = {
    "1e400": Text("1e400"),
    "1e300": Text("1e300"),
    "minus-1e400": Text("-1e400"),
    "beyond-64-bits": 2**64,
    "of-4000-digits": Text("9" * 4_000),
    "negative": -1,
}


def _ahead(claim: str, seconds: float) -> Recipe:
    """Set a claim to a time that is `seconds` beyond the leeway."""
    return issued(lambda w: {claim: w.now + w.leeway + seconds})


ROWS = (
    *(
        dates.refused(f"{claim}-is-{name}", issued({claim: value}), _NUMBER)
        for claim in ("exp", "iat", "nbf")
        for name, value in _NO_NUMBERS.items()
    ),
    *(
        dates.refused(f"{claim}-is-{name}", issued({claim: value}), _RANGE)
        for claim in ("exp", "iat", "nbf")
        for name, value in _NO_DATES.items()
    ),
    dates.refused("exp-missing", issued(without=["exp"]), "a token without an end is not accepted (RFC 9068 §2.2)"),
    dates.refused("iat-missing", issued(without=["iat"]), "an access token says when it was issued (RFC 9068 §2.2)"),
    dates.allowed("exp-a-second-before-the-last-day-of-9999", issued({"exp": _LAST_DAY - 1}), _LAST),
    dates.refused("exp-on-the-last-day-of-9999", issued({"exp": _LAST_DAY}), _LAST),
    dates.refused("exp-is-0", issued({"exp": 0}), _PASSED),
    dates.refused("exp-a-minute-ago", issued(lambda w: {"exp": w.now - 60 - w.leeway}), _PASSED),
    dates.refused("exp-a-year-ago", issued(lambda w: {"exp": w.now - 365 * 86_400}), _PASSED),
    dates.refused("iat-in-a-minute", issued(lambda w: {"iat": w.now + 60 + w.leeway}), _EARLY),
    dates.refused("nbf-in-a-minute", issued(lambda w: {"nbf": w.now + 60 + w.leeway}), _EARLY),
    dates.refused("nbf-in-a-year", issued(lambda w: {"nbf": w.now + 365 * 86_400}), _EARLY),
    dates.refused(
        "exp-in-milliseconds-of-iat",
        issued(lambda w: {"iat": w.now * 1_000}),
        "seconds, not milliseconds (RFC 7519 §2)",
    ),
    dates.refused("exp-leeway-ago", issued(lambda w: {"exp": w.now - w.leeway}), _EDGE, standing_clock=True),
    dates.allowed(
        "exp-a-second-less-than-leeway-ago", issued(lambda w: {"exp": w.now - w.leeway + 1}), _EDGE, standing_clock=True
    ),
    dates.refused(
        "exp-half-a-second-more-than-leeway-ago",
        issued(lambda w: {"exp": w.now - w.leeway - 0.5}),
        _EDGE,
        standing_clock=True,
    ),
    *(
        row
        for claim in ("iat", "nbf")
        for row in (
            dates.allowed(
                f"{claim}-in-leeway",
                _ahead(claim, 0),
                _EDGE,
                standing_clock=True,
            ),
            dates.refused(
                f"{claim}-a-second-beyond-leeway",
                _ahead(claim, 1),
                _EDGE,
                standing_clock=True,
            ),
            dates.refused(
                f"{claim}-half-a-second-beyond-leeway",
                _ahead(claim, 0.5),
                _EDGE,
                standing_clock=True,
            ),
        )
    ),
    dates.allowed(
        "exp-with-a-fraction",
        issued(lambda w: {"exp": w.now + 600.5}),
        "a NumericDate may have a fraction (RFC 7519 §2)",
    ),
    dates.allowed(
        "exp-with-an-exponent",
        issued(lambda w: {"exp": Text(f"{(w.now + 7_200) / 1e9!r}e9")}),
        "a JSON number may have an exponent (RFC 8259 §6)",
    ),
    dates.allowed("nbf-has-passed", issued(lambda w: {"nbf": w.now - 60}), "its time has come (RFC 7519 §4.1.5)"),
    dates.allowed("nbf-is-0", issued({"nbf": 0}), "its time has come (RFC 7519 §4.1.5)"),
    dates.allowed(
        "iat-a-week-ago",
        issued(lambda w: {"iat": w.now - 7 * 86_400}),
        "how long a token lasts is the issuer's choice, told by `exp`",
    ),
)
