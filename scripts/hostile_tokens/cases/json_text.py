"""JSON that two parsers could read differently is refused (RFC 7515 §4, RFC 8259)."""

from collections.abc import Callable

from scripts.hostile_tokens import jose
from scripts.hostile_tokens.case import Category
from scripts.hostile_tokens.recipes import changed_octets, forged_octets, issued, issued_octets

_TWICE = "member names are unique, or readers disagree on which one counts (RFC 7515 §4, RFC 7519 §4)"
_NO_OBJECT = "header and claims are JSON objects (RFC 7519 §7.2)"
_NO_JSON = "not JSON (RFC 8259 §2)"
_NO_UTF_8 = "JSON is UTF-8 without a byte order mark (RFC 8259 §8.1, RFC 7515 §2)"
_AROUND = "no issuer writes white space around the object; the parser takes the object alone"
_DEEP = "nesting that deep is made to exhaust a parser (RFC 8259 §9)"
_NUMBER = "NaN and Infinity are no JSON (RFC 8259 §6)"

json_text = Category("JSON")


def _more(text: str) -> Callable[[bytes], bytes]:
    """Append members to an object's text."""
    return lambda octets: octets[:-1] + f",{text}}}".encode()


_BROKEN: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "with-a-byte-order-mark": (lambda octets: b"\xef\xbb\xbf" + octets, _NO_UTF_8),
    "in-UTF-16": (lambda octets: octets.decode().encode("utf-16"), _NO_UTF_8),
    "in-UTF-16-without-a-mark": (lambda octets: octets.decode().encode("utf-16-le"), _NO_UTF_8),
    "in-UTF-16-of-the-other-order": (lambda octets: octets.decode().encode("utf-16-be"), _NO_UTF_8),
    "in-UTF-32": (lambda octets: octets.decode().encode("utf-32"), _NO_UTF_8),
    "in-UTF-7": (lambda octets: b"+AHs-" + octets[1:], _NO_UTF_8),
    "with-a-letter-of-Latin-1": (lambda octets: octets[:-1] + b',"x":"\xe9"}', _NO_UTF_8),
    "with-an-overlong-slash": (lambda octets: octets[:-1] + b',"x":"\xc0\xaf"}', _NO_UTF_8),
    "with-a-surrogate-in-UTF-8": (lambda octets: octets[:-1] + b',"x":"\xed\xa0\x80"}', _NO_UTF_8),
    "with-a-member-twice": (_more('"x":1,"x":1'), _TWICE),
    "with-a-member-twice-once-escaped": (_more('"x":1,"\\u0078":2'), _TWICE),
    "with-a-member-twice-deep-inside": (_more('"x":[{"y":{"z":1,"z":2}}]'), _TWICE),
    "with-NaN": (_more('"x":NaN'), _NUMBER),
    "with-Infinity": (_more('"x":Infinity'), _NUMBER),
    "with-minus-Infinity-deep-inside": (_more('"x":[[-Infinity]]'), _NUMBER),
    "with-a-hexadecimal-number": (_more('"x":0x10'), _NO_JSON),
    "with-a-leading-zero": (_more('"x":01'), _NO_JSON),
    "with-a-leading-plus": (_more('"x":+1'), _NO_JSON),
    "with-a-point-at-the-end": (_more('"x":1.'), _NO_JSON),
    "with-a-number-of-5000-digits": (
        _more(f'"x":{"9" * 5_000}'),
        "such a number is slow to parse, and no issuer writes one",
    ),
    "with-True-of-Python": (_more('"x":True'), _NO_JSON),
    "with-undefined": (_more('"x":undefined'), _NO_JSON),
    "with-a-comment": (_more('"x":1/**/'), _NO_JSON),
    "with-a-trailing-comma": (lambda octets: octets[:-1] + b",}", _NO_JSON),
    "with-a-member-without-quotes": (_more("x:1"), _NO_JSON),
    "with-single-quotes": (lambda octets: octets.replace(b'"', b"'"), _NO_JSON),
    "with-a-raw-newline-in-a-string": (_more('"x":"\n"'), _NO_JSON),
    "with-NUL-in-a-string": (_more('"x":"\0"'), _NO_JSON),
    "with-an-unknown-escape": (_more('"x":"\\x41"'), _NO_JSON),
    "cut-before-its-last-brace": (lambda octets: octets[:-1], _NO_JSON),
    "with-a-brace-too-many": (lambda octets: octets + b"}", _NO_JSON),
    "after-a-space": (lambda octets: b" " + octets, _AROUND),
    "followed-by-a-newline": (lambda octets: octets + b"\n", _AROUND),
    "twice": (lambda octets: octets + octets, _NO_JSON),
    "followed-by-text": (lambda octets: octets + b"x", _NO_JSON),
    "followed-by-NUL": (lambda octets: octets + b"\0", _NO_JSON),
    "after-a-no-break-space": (lambda octets: b"\xc2\xa0" + octets, _NO_JSON),
    "as-a-string": (lambda octets: jose.object_text({"x": octets.decode()})[5:-1], _NO_OBJECT),
    "in-an-array": (lambda octets: b"[" + octets + b"]", _NO_OBJECT),
    "as-pairs": (lambda _: b'[["alg","RS256"],["sub","amazon|x"]]', _NO_OBJECT),
    "as-null": (lambda _: b"null", _NO_OBJECT),
    "as-true": (lambda _: b"true", _NO_OBJECT),
    "as-a-number": (lambda _: b"1", _NO_OBJECT),
    "as-an-empty-array": (lambda _: b"[]", _NO_OBJECT),
    "as-an-empty-object": (lambda _: b"{}", "it lacks every required member"),
    "as-a-blank": (lambda _: b" ", _NO_JSON),
    "as-random-octets": (lambda _: bytes(range(128, 192)), _NO_UTF_8),
    "as-YAML": (lambda _: b"alg: RS256\nsub: amazon|x", _NO_JSON),
    "with-500-nested-arrays-cut-off": (lambda _: b"[" * 500, _NO_JSON),
}

ROWS = (
    *(
        json_text.refused(f"header-{name}", changed_octets("header", change), why)
        for name, (change, why) in _BROKEN.items()
    ),
    *(
        json_text.refused(f"claims-{name}", changed_octets("claims", change), why)
        for name, (change, why) in _BROKEN.items()
    ),
    *(
        json_text.refused(
            f"header-with-two-{name}s",
            changed_octets("header", _more(more)),
            _TWICE,
        )
        for name, more in {"alg": '"alg":"none"', "kid": '"kid":"attacker"', "typ": '"typ":"JWT"'}.items()
    ),
    *(
        json_text.refused(
            f"claims-with-two-{name}s",
            changed_octets("claims", _more(more)),
            _TWICE,
        )
        for name, more in {
            "iss": '"iss":"https://attacker.example/"',
            "sub": '"sub":"amazon|somebody-else"',
            "aud": '"aud":"another"',
            "exp": '"exp":9999999999',
            "scope": '"scope":"everything"',
        }.items()
    ),
    *(
        json_text.refused(f"claims-with-{name}", forged_octets(octets), _DEEP)
        for name, octets in {
            "objects-nested-1100-deep": b'{"a":' * 1_100 + b"1" + b"}" * 1_100,
            "arrays-nested-2900-deep": b'{"a":' + b"[" * 2_900 + b"]" * 2_900 + b"}",
            "arrays-nested-5000-deep-and-cut-off": b"[" * 5_000,
        }.items()
    ),
    json_text.refused(
        "header-with-arrays-nested-300-deep",
        forged_octets(b"{}", header=b'{"a":' + b"[" * 300 + b"]" * 300 + b"}"),
        _DEEP,
    ),
    json_text.allowed(
        "claims-with-white-space-between",
        issued_octets(
            claims=lambda w: jose.object_text(w.claims()).replace(b'":', b'" :\t').replace(b',"', b' ,\r\n "')
        ),
        "white space means nothing (RFC 8259 §2)",
    ),
    json_text.allowed(
        "claims-with-a-name-in-many-scripts",
        issued({"name": "Łukasz 李 🎬 \u202e"}),
        "a claim that is not ours may be anything (RFC 7519 §4)",
    ),
    json_text.allowed(
        "claims-with-a-nested-claim",
        issued({"https://example.com/roles": {"a": [{"b": None}]}}),
        "a claim that is not ours may be anything (RFC 7519 §4)",
    ),
    json_text.allowed(
        "header-with-an-unknown-member",
        issued(header={"x": 1}),
        "unknown members that are not critical are ignored (RFC 7515 §4)",
    ),
    json_text.allowed(
        "claims-with-escaped-names",
        issued_octets(claims=lambda w: jose.object_text(w.claims()).replace(b'"sub"', b'"\\u0073ub"')),
        "an escape is the same character (RFC 8259 §7)",
    ),
)
