"""The Authorization header: `Bearer` and exactly one token (RFC 6750 §2.1); no other header, position or scheme."""

from collections.abc import Callable

from scripts.hostile_tokens.case import Category, Need
from scripts.hostile_tokens.recipes import bare_header, event_header, header_value, scheme, text

_NO_TOKEN = "no token, no identity (RFC 6750 §3.1)"  # noqa: S105
_SCHEME = "the scheme is Bearer (RFC 6750 §2.1)"
_ONE = "one token, or readers disagree on which one counts (RFC 6750 §2.1)"
_EXACT = "the scheme, spaces, and the token: nothing else (RFC 6750 §2.1, RFC 9110 §11.4)"
_CASE = "a scheme's name has no case (RFC 9110 §11.1)"
_SPACES = "one or more spaces separate scheme and token (RFC 9110 §11.4)"
_AROUND = "white space around a field's value is no part of it (RFC 9110 §5.5)"
_ASCII = "the header is one line of visible ASCII (RFC 6750 §2.1, RFC 9110 §5.5)"

header = Category("the Authorization header")

_EMPTY: dict[str, object] = {
    "none": None,
    "empty": "",
    "a-space": " ",
    "Bearer-alone": "Bearer",
    "Bearer-and-a-space": "Bearer ",
    "Bearer-null": "Bearer null",
    "Bearer-undefined": "Bearer undefined",
    "Bearer-dots": "Bearer ..",
    "a-quote": '"',
    "Bearer-object": "Bearer [object Object]",
}

_SCHEMES = (
    "Basic",
    "DPoP",
    "Token",
    "JWT",
    "Digest",
    "Negotiate",
    "HOBA",
    "Mutual",
    "Bearer1",
    "Bear",
    "xBearer",
    "XBearer",
    "OAuth",
    "MAC",
    "AWS4-HMAC-SHA256",
)

_WRITTEN: dict[str, Callable[[str], str]] = {
    "without-a-scheme": lambda token: token,
    "without-a-space": lambda token: f"Bearer{token}",
    "with-ten-spaces-between": lambda token: f"Bearer{' ' * 10}{token}",
    "with-an-X-before-of-the-token": lambda token: f"Bearer  X{token}",
    "with-tabs-and-spaces-between": lambda token: f"Bearer  \t{token}",
    "with-a-tab-between": lambda token: f"Bearer\t{token}",
    "with-a-space-and-a-tab-between": lambda token: f"Bearer \t{token}",
    "with-a-colon": lambda token: f"Bearer: {token}",
    "with-an-equals-sign": lambda token: f"Bearer={token}",
    "with-a-comma-after-the-scheme": lambda token: f"Bearer, {token}",
    "with-the-scheme-twice": lambda token: f"Bearer Bearer {token}",
    "with-the-scheme-in-quotes": lambda token: f'"Bearer" {token}',
    "with-the-token-in-quotes": lambda token: f'Bearer "{token}"',
    "with-the-token-in-angle-brackets": lambda token: f"Bearer <{token}>",
    "with-the-token-as-a-parameter": lambda token: f"Bearer access_token={token}",
    "with-a-parameter-after": lambda token: f"Bearer {token}, realm=x",
    "with-a-semicolon-after": lambda token: f"Bearer {token};",
    "with-a-comma-after": lambda token: f"Bearer {token},",
    "with-a-dot-after": lambda token: f"Bearer {token}.",
    "with-an-equals-sign-after": lambda token: f"Bearer {token}=",
    "with-a-word-after": lambda token: f"Bearer {token} x",
    "with-a-percent-encoded-space": lambda token: f"Bearer%20{token}",
    "with-a-plus-sign-between": lambda token: f"Bearer+{token}",
    "as-user-and-password": lambda token: f"Basic {token}:",
    "with-a-cookie": lambda token: f"Cookie: access_token={token}",
}

_TWO: dict[str, Callable[[str], str]] = {
    "with-a-space": lambda token: f"Bearer {token} {token}",
    "with-a-comma": lambda token: f"Bearer {token},{token}",
    "as-two-headers-that-were-joined": lambda token: f"Bearer {token}, Bearer {token}",
    "with-another-scheme-first": lambda token: f"Basic dXNlcjpwYXNz, Bearer {token}",
    "with-another-scheme-second": lambda token: f"Bearer {token}, Basic dXNlcjpwYXNz",
    "with-a-bad-one-second": lambda token: f"Bearer {token}, Bearer AAAA.AAAA.AAAA",
    "with-a-bad-one-first": lambda token: f"Bearer AAAA.AAAA.AAAA, Bearer {token}",
    "with-dots": lambda token: f"Bearer {token}.{token}",
}

_NO_HTTP: dict[str, Callable[[str], object]] = {
    "with-a-newline-after": lambda token: f"Bearer {token}\n",
    "with-a-newline-before-and-a-space-after": lambda token: f"\nBearer {token} ",
    "with-a-newline-after-and-a-space-before": lambda token: f" Bearer {token}\n",
    "with-an-X-before-after-a-space": lambda token: f" XBearer {token}",
    "with-a-newline-before": lambda token: f"\nBearer {token}",
    "with-a-newline-between": lambda token: f"Bearer\n{token}",
    "with-a-header-after": lambda token: f"Bearer {token}\r\nX-Injected: 1",
    "with-NUL-after": lambda token: f"Bearer {token}\0",
    "with-NUL-between": lambda token: f"Bearer\0{token}",
    "with-a-vertical-tab-between": lambda token: f"Bearer\v{token}",
    "with-a-form-feed-before": lambda token: f"\fBearer {token}",
    "with-a-unit-separator-after": lambda token: f"Bearer {token}\x1f",
    "with-a-no-break-space-between": lambda token: f"Bearer\u00a0{token}",
    "with-a-no-break-space-before": lambda token: f"\u00a0Bearer {token}",
    "with-a-wide-space-between": lambda token: f"Bearer\u3000{token}",
    "with-a-line-separator-after": lambda token: f"Bearer {token}\u2028",
    "with-a-byte-order-mark-before": lambda token: f"\ufeffBearer {token}",
    "with-a-letter-of-Latin-1-after": lambda token: f"Bearer {token}\u00e9",
    "with-an-accent-in-the-scheme": lambda token: f"B\u00e9arer {token}",
    "with-a-long-s-like-letter-in-the-scheme": lambda token: f"Bea\u211der {token}",
    "with-the-scheme-in-full-width": lambda token: f"\uff22\uff45\uff41\uff52\uff45\uff52 {token}",
    "with-full-width-dots": lambda token: f"Bearer {token.replace('.', '\uff0e')}",
    "with-ideographic-dots": lambda token: f"Bearer {token.replace('.', '\u3002')}",
    "with-a-lone-surrogate-after": lambda token: f"Bearer {token}\ud800",
    "with-an-emoji-for-a-token": lambda _: "Bearer \U0001f511.\U0001f511.\U0001f511",
    "with-digits-of-another-script": lambda _: "Bearer \u0661.\u0662.\u0663",
    "in-an-array": lambda token: [f"Bearer {token}"],
    "in-an-object": lambda token: {"Bearer": token},
    "in-octets": lambda token: f"Bearer {token}".encode(),
    "as-a-number": lambda _: 1,
    "as-true": lambda _: True,
}

ROWS = (
    header.allowed("header-as-it-should-be", header_value(lambda token: f"Bearer {token}"), "RFC 6750 §2.1"),
    *(header.allowed(f"scheme-{name}", scheme(name), _CASE) for name in ("bearer", "BEARER", "bEaReR")),
    *(
        header.allowed(
            f"header-with-{count}-spaces-between",
            scheme("Bearer", count),
            _SPACES,
        )
        for count in (2, 9)
    ),
    header.allowed("header-with-spaces-around", header_value(lambda token: f"  Bearer {token}  "), _AROUND),
    header.allowed("header-with-a-space-before", header_value(lambda token: f" Bearer {token}"), _AROUND),
    header.allowed("header-with-a-space-after", header_value(lambda token: f"Bearer {token} "), _AROUND),
    header.allowed("header-with-tabs-around", header_value(lambda token: f"\tBearer {token}\t"), _AROUND),
    *(header.refused(f"header-that-is-{name}", bare_header(value), _NO_TOKEN) for name, value in _EMPTY.items()),
    *(header.refused(f"scheme-{name}", scheme(name), _SCHEME) for name in _SCHEMES),
    *(header.refused(f"header-{name}", header_value(write), _EXACT) for name, write in _WRITTEN.items()),
    *(header.refused(f"two-tokens-{name}", header_value(write), _ONE) for name, write in _TWO.items()),
    *(
        header.refused(
            f"header-of-the-event-{name}",
            event_header(write),
            _ASCII,
        )
        for name, write in _NO_HTTP.items()
    ),
    header.refused("token-that-is-a-single-word", text(lambda _: "letmein"), _EXACT),
    header.refused(
        "token-in-the-scheme-of-a-good-one", text(lambda w: f"{w.good_token()}#access_token", Need.TOKEN), _EXACT
    ),
)
