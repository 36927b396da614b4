"""`alg`: the token does not choose (RFC 8725 §3.1); it is refused unless it has exactly the configured name."""

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from scripts.hostile_tokens import jose
from scripts.hostile_tokens.case import Category
from scripts.hostile_tokens.recipes import Signing, forged, forged_signature, issued, signed_by_issuer, tampered, text

_UNSIGNED = "an unsigned token proves nothing (RFC 8725 §3.2)"
_NOT_A_NAME = "`alg` is a string (RFC 7515 §4.1.1)"
_EXACT = "`alg` compares with case, character for character (RFC 7515 §4.1.1)"
_ONE = "the algorithm comes from the configuration, not from the token (RFC 8725 §3.1)"
_NAMED_ELSE = "the signature is not the one that `alg` names (RFC 7515 §5.2)"
_ZERO = "r and s of zero satisfied verifiers that forgot the range check (CVE-2022-21449)"

none = Category("alg none and its spellings")
other = Category("other algorithms, and RS256 spelled otherwise")
zeros = Category("elliptic curves and zero signatures")

_SPELLINGS = {
    "none": "none",
    "None": "None",
    "NONE": "NONE",
    "nOnE": "nOnE",
    "none-and-a-space": "none ",
    "a-space-and-none": " none",
    "none-and-NUL": "none\0",
    "none-with-a-cyrillic-o": "n\u043ene",
    "none-in-full-width": "\uff4e\uff4f\uff4e\uff45",
    "null-as-a-word": "null",
    "empty": "",
}

_WRONG_TYPES: dict[str, object] = {
    "null": None,
    "0": 0,
    "1.5": 1.5,
    "false": False,
    "true": True,
    "an-array-of-none": ["none"],
    "an-array-of-RS256": ["RS256"],
    "an-object": {"RS256": "none"},
}


def _curve(curve: ec.EllipticCurve, digest: SHA256 | SHA384 | SHA512) -> Signing:
    return lambda _: lambda signed: ec.generate_private_key(curve).sign(signed, ec.ECDSA(digest))


def _rsa(digest: str) -> Signing:
    return lambda scenario: jose.rsa(scenario.signing_key, digest)


def _pss(digest: str) -> Signing:
    return lambda scenario: jose.pss(scenario.signing_key, digest)


_NONE = (
    *(
        none.refused(f"alg-{name}-with-an-empty-signature", forged_signature(b"", alg=alg), _UNSIGNED)
        for name, alg in _SPELLINGS.items()
    ),
    *(
        none.refused(
            f"alg-{name}-with-a-few-octets-as-signature",
            forged_signature(b"sig", alg=alg),
            _UNSIGNED,
        )
        for name, alg in _SPELLINGS.items()
    ),
    none.refused("alg-none-signed-by-the-issuer-all-the-same", issued(header={"alg": "none"}), _UNSIGNED),
    none.refused(
        "alg-none-with-a-good-tokens-signature",
        tampered(
            lambda w, _, claims, signature: (
                f"{jose.base64url(jose.object_text({'alg': 'none', 'kid': w.kid}))}.{claims}.{signature}"
            )
        ),
        "the signature covers the header (RFC 7515 §5.2)",
    ),
    none.refused(
        "alg-none-without-the-last-dot",
        text(lambda w: jose.compose({"alg": "none"}, w.claims(), jose.nothing).rstrip(".")),
        _UNSIGNED,
    ),
    none.refused(
        "alg-none-as-the-whole-header",
        text(lambda w: jose.compose({"alg": "none"}, w.claims(), jose.nothing)),
        _UNSIGNED,
    ),
    none.refused(
        "alg-missing-and-unsigned",
        forged(without=["alg"], sign=lambda _: jose.nothing),
        "`alg` must be there (RFC 7515 §4.1.1)",
    ),
    none.refused("alg-missing-signed-by-the-issuer", issued(without=["alg"]), "`alg` must be there (RFC 7515 §4.1.1)"),
    none.refused(
        "header-without-members",
        text(lambda w: jose.compose({}, w.claims(), jose.nothing)),
        "`alg` must be there (RFC 7515 §4.1.1)",
    ),
    *(none.refused(f"alg-is-{name}", issued(header={"alg": alg}), _NOT_A_NAME) for name, alg in _WRONG_TYPES.items()),
)

_SHA = {"256": "SHA-256", "384": "SHA-384", "512": "SHA-512"}

_OTHER = (
    other.allowed("alg-RS256-by-the-issuer", issued(), "what Auth0 issues, and the one configured"),
    *(
        other.refused(
            f"RS{bits}-by-the-issuer",
            signed_by_issuer(_rsa(_SHA[bits]), header={"alg": f"RS{bits}"}),
            _ONE,
        )
        for bits in ("384", "512")
    ),
    *(
        other.refused(
            f"PS{bits}-by-the-issuer",
            signed_by_issuer(_pss(_SHA[bits]), header={"alg": f"PS{bits}"}),
            _ONE,
        )
        for bits in _SHA
    ),
    *(
        other.refused(
            f"RSA-with-{digest}-by-the-issuer-called-RS256",
            signed_by_issuer(_rsa(digest)),
            _NAMED_ELSE,
        )
        for digest in ("SHA-1", "SHA-384", "SHA-512")
    ),
    *(
        other.refused(
            f"PS{bits}-by-the-issuer-called-RS256",
            signed_by_issuer(_pss(_SHA[bits])),
            _NAMED_ELSE,
        )
        for bits in _SHA
    ),
    *(
        other.refused(f"RS256-by-the-issuer-called-{name}", issued(header={"alg": alg}), _EXACT)
        for name, alg in {
            "rs256": "rs256",
            "Rs256": "Rs256",
            "RS256-and-a-space": "RS256 ",
            "a-space-and-RS256": " RS256",
            "RS256-and-NUL": "RS256\0",
            "RS256-and-a-newline": "RS256\n",
            "RS-256": "RS-256",
            "RSA": "RSA",
            "RSA256": "RSA256",
            "RS2560": "RS2560",
            "RS256-in-full-width": "\uff32\uff33\uff12\uff15\uff16",
            "RS256-with-arabic-digits": "RS\u0662\u0665\u0666",
            "RS256-or-none": "RS256,none",
            "SHA256withRSA": "SHA256withRSA",
            "its-XML-name": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            "its-COSE-number-as-text": "-257",
            "RSA1_5": "RSA1_5",
            "RSA-OAEP": "RSA-OAEP",
            "dir": "dir",
            "HS256": "HS256",
            "PS256": "PS256",
            "ES256": "ES256",
            "EdDSA": "EdDSA",
            "an-own-invention": "GATEHOUSE",
        }.items()
    ),
)

_ZEROS = (
    *(
        zeros.refused(
            f"{alg}-signed-with-{size}-zero-octets",
            forged_signature(bytes(size), alg=alg),
            _ZERO,
        )
        for alg, size in {"ES256": 64, "ES384": 96, "ES512": 132, "ES256K": 64, "EdDSA": 64, "Ed25519": 64}.items()
    ),
    *(
        zeros.refused(f"RS256-signed-with-{size}-zero-octets", forged_signature(bytes(size)), _ZERO)
        for size in (64, 96, 132)
    ),
    zeros.refused(
        "ES256-signed-with-zeros-in-DER",
        forged_signature(bytes.fromhex("3006020100020100"), alg="ES256"),
        _ZERO,
    ),
    zeros.refused("ES256-signed-with-all-ones", forged_signature(b"\xff" * 64, alg="ES256"), _ONE),
    *(
        zeros.refused(f"{alg}-by-a-key-of-the-attacker", forged(header={"alg": alg}, sign=sign), _ONE)
        for alg, sign in {
            "ES256": _curve(ec.SECP256R1(), SHA256()),
            "ES384": _curve(ec.SECP384R1(), SHA384()),
            "ES512": _curve(ec.SECP521R1(), SHA512()),
            "ES256K": _curve(ec.SECP256K1(), SHA256()),
            "EdDSA": lambda _: ed25519.Ed25519PrivateKey.generate().sign,
        }.items()
    ),
    zeros.refused(
        "ECDSA-by-a-key-of-the-attacker-called-RS256",
        forged(sign=_curve(ec.SECP256R1(), SHA256())),
        _NAMED_ELSE,
    ),
)

ROWS = (*_NONE, *_OTHER, *_ZEROS)
