"""Random tokens: the handler accepts exactly the tokens that the reference accepts, and never fails otherwise."""

import json
import re
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from authorizer.configuration import build_handler
from authorizer.errors import MalformedTokenError
from authorizer.jws import decode_base64url, decode_object
from scripts.hostile_tokens import jose
from scripts.hostile_tokens.scenario import new_key
from tests.unit.functions.authorizer.iam import allows
from tests.unit.functions.authorizer.reference import (
    RefusedError,
    Tenant,
    granted_operations,
    granted_scopes,
    object_of,
    octets_of,
    verified,
)

EXAMPLES = settings().max_examples
NOW, LEEWAY = 1_800_000_000, 5
ISSUERS = ("https://tenant.example/", "https://login.example/")
STAGE = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/live"
KEY, OTHER_KEY, FOREIGN_KEY = new_key(), new_key(), new_key()
JWKS = {kid: {**jose.public_jwk(key.public_key()), "kid": kid} for kid, key in (("key-1", KEY), ("key-2", OTHER_KEY))}
TENANT = Tenant(
    issuers=frozenset(ISSUERS),
    access_model={
        "audience": "https://api.example",
        "connections": {"amazon": ["read:x"], "google-oauth2": ["read:y"]},
        "machine_clients": {"robot": ["read:x", "read:y"]},
        "role_based_access_control": True,
        "operations": [
            {"method": "GET", "path": "/x", "any_of": [["read:x"]]},
            {"method": "GET", "path": "/y", "any_of": [["read:y"]]},
            {"method": "GET", "path": "/both", "any_of": [["read:x", "read:y"]]},
        ],
    },
    keys=JWKS,
    leeway=LEEWAY,
    machine_clients={"client-id": "robot"},
)
HANDLE = build_handler(
    {
        "ISSUERS": " ".join(ISSUERS),
        "JWKS": json.dumps({"keys": list(JWKS.values())}),
        "SUBJECT_HASH_KEY": "0123456789abcdef",
        "MACHINE_CLIENTS": json.dumps(TENANT.machine_clients),
        "LEEWAY_SECONDS": str(LEEWAY),
    },
    json.dumps(TENANT.access_model),
    clock=lambda: NOW,
    monotonic=lambda: 0.0,
    log=lambda _: None,
)
HEADER = {"alg": "RS256", "typ": "JWT", "kid": "key-1"}
CLAIMS = {
    "iss": ISSUERS[0],
    "sub": "amazon|1",
    "aud": ["https://api.example", "https://tenant.example/userinfo"],
    "iat": NOW - 60,
    "exp": NOW + 60,
    "azp": "spa",
    "scope": "openid read:x",
}
GOOD = jose.compose(HEADER, CLAIMS, jose.rsa(KEY))


def decide(event: Any) -> dict[str, Any] | None:
    """Return the handler's answer, or None for a 401; any other exception fails the test."""
    try:
        return HANDLE(event, None)
    except Exception as refusal:
        assert refusal.args == ("Unauthorized",)  # noqa: PT017 - another text is a 500 at API Gateway
        return None


type Decision = tuple[set[tuple[str, str]], str] | None
"""The open operations and the scopes in the APIs' context; None for a 401."""


def opened(authorization: object) -> Decision:
    """Return the handler's decision about an Authorization header."""
    operations = {(operation["method"], operation["path"]) for operation in TENANT.access_model["operations"]}
    found: set[tuple[str, str]] = set()
    scopes: set[str] = set()
    for api in sorted({path.split("/")[1] for _, path in operations}):
        answer = decide({"type": "TOKEN", "authorizationToken": authorization, "methodArn": f"{STAGE}/GET/{api}"})
        if answer is None:
            return None
        json.dumps(answer, ensure_ascii=False).encode()
        document = answer["policyDocument"]
        found |= {(method, path) for method, path in operations if allows(document, f"{STAGE}/{method}{path}", NOW)}
        scopes |= set(answer["context"]["scope"].split())
    return found, " ".join(sorted(scopes))


def reference(authorization: object) -> Decision:
    """Return the reference's decision about an Authorization header."""
    try:
        claims = verified(authorization, TENANT, NOW)
    except RefusedError:
        return None
    return granted_operations(claims, TENANT), " ".join(sorted(granted_scopes(claims, TENANT)))


def changed(text: str, change: tuple[str, float, str]) -> str:
    """Insert, delete or replace text at a position, given as a fraction of the length."""
    kind, part, letter = change
    at = int(part * len(text))
    return text[:at] + ("" if kind == "delete" else letter) + text[at + (kind != "insert") :]


def mutations(letters: str) -> st.SearchStrategy[Callable[[str], str]]:
    """One to three changes of a text, at any positions."""
    change = st.tuples(
        st.sampled_from(["insert", "delete", "replace"]),
        st.floats(0, 1, exclude_max=True),
        st.sampled_from(letters),
    )

    def apply(changes: list[tuple[str, float, str]]) -> Callable[[str], str]:
        def mutate(text: str) -> str:
            for each in changes:
                text = changed(text, each)
            return text

        return mutate

    return st.lists(change, min_size=1, max_size=3).map(apply)


BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
JUNK = "+/=. \t\n\r\0\x7f!\"#%&'*,:;<>?@[]^`{|}~\u00e9\u0661\u212a\uff21\ud800"

segments = st.one_of(
    st.text(alphabet=BASE64URL, max_size=12),
    st.text(alphabet=BASE64URL + JUNK, max_size=12),
    st.binary(max_size=24).map(jose.base64url),
    st.builds(
        lambda octets, mutate: mutate(jose.base64url(octets)), st.binary(max_size=24), mutations(BASE64URL + JUNK)
    ),
)


@settings(max_examples=3 * EXAMPLES)
@given(segments)
def test_base64url_is_decoded_in_its_one_spelling_and_in_no_other(segment: str) -> None:
    try:
        found = decode_base64url(segment.encode("utf-8", "surrogatepass"))
    except MalformedTokenError:
        found = None
    try:
        expected = octets_of(segment)
    except RefusedError:
        expected = None
    assert found == expected


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
    lambda children: st.one_of(
        st.lists(children, max_size=3), st.dictionaries(st.text(max_size=3), children, max_size=3)
    ),
    max_leaves=8,
)
json_objects = st.dictionaries(st.text(max_size=3), json_values, max_size=4)
STRUCTURE = '{}[]",:0123456789eE+-.truefalsn\\/ \t\n\0\u00e9\ufeff'

json_octets = st.one_of(
    json_objects.map(lambda value: json.dumps(value).encode()),
    json_objects.map(lambda value: json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")),
    st.builds(lambda value, mutate: mutate(json.dumps(value)).encode(), json_objects, mutations(STRUCTURE)),
    st.text(alphabet=STRUCTURE, max_size=24).map(lambda text: f'{{"a":{text}}}'.encode()),
    json_objects.map(lambda value: json.dumps(value).encode("utf-16")),
    st.binary(max_size=24),
)


@settings(max_examples=3 * EXAMPLES)
@given(json_octets)
def test_json_is_read_as_the_reference_reads_it_or_refused_with_it(octets: bytes) -> None:
    try:
        found = decode_object(octets)
    except MalformedTokenError:
        found = None
    try:
        expected = object_of(jose.base64url(octets))
    except RefusedError:
        expected = None
    assert repr(found) == repr(expected)  # 1 and True, 0.0 and -0.0 are equal but not the same


@settings(max_examples=3 * EXAMPLES)
@given(mutations(BASE64URL + JUNK))
def test_a_good_token_with_any_letter_changed_is_no_good_token(mutate: Callable[[str], str]) -> None:
    header = mutate(f"Bearer {GOOD}")
    assert opened(header) == reference(header)


@settings(max_examples=3 * EXAMPLES)
@given(st.sampled_from(["header", "claims"]), mutations(STRUCTURE))
def test_json_that_is_changed_and_signed_again_is_judged_as_the_reference_judges_it(
    part: str, mutate: Callable[[str], str]
) -> None:
    octets = {name: json.dumps(members) for name, members in (("header", HEADER), ("claims", CLAIMS))}
    octets[part] = mutate(octets[part])
    header = f"Bearer {jose.compose(octets['header'].encode(), octets['claims'].encode(), jose.rsa(KEY))}"
    assert opened(header) == reference(header)


@settings(max_examples=3 * EXAMPLES)
@given(mutations(BASE64URL + JUNK), st.integers(0, 1))
def test_a_segment_that_is_spelled_differently_and_signed_again_is_judged_as_the_reference_judges_it(
    mutate: Callable[[str], str], index: int
) -> None:
    parts = GOOD.split(".")[:2]
    parts[index] = mutate(parts[index])
    signature = jose.rsa(KEY)(".".join(parts).encode("utf-8", "surrogatepass"))
    header = f"Bearer {'.'.join(parts)}.{jose.base64url(signature)}"
    assert opened(header) == reference(header)


odd_values = st.one_of(
    json_values,
    st.sampled_from(
        [*ISSUERS, "https://api.example", "amazon|1", "google-oauth2|1", "client-id@clients", "client-id", "spa"]
    ),
    st.sampled_from(
        ["read:x", "read:x read:y", "read:x  read:y", ["read:x"], ["read:y", 1], "client-credentials", "1"]
    ),
    st.integers(NOW - 2 * LEEWAY, NOW + 2 * LEEWAY),
    st.floats(NOW - 2 * LEEWAY, NOW + 2 * LEEWAY),
    st.sampled_from(
        ["RS256", "HS256", "none", "JWT", "at+jwt", "AT+JWT", "application/at+jwt", "key-1", "key-2", "KEY-1"]
    ),
)
odd_claims = st.dictionaries(
    st.sampled_from(
        [
            "iss",
            "sub",
            "aud",
            "iat",
            "exp",
            "nbf",
            "azp",
            "client_id",
            "scope",
            "permissions",
            "gty",
            "jti",
            "cnf",
            "nonce",
        ]
    ),
    odd_values,
    max_size=3,
)
odd_headers = st.dictionaries(st.sampled_from(["alg", "typ", "kid", "crit", "b64", "jwk", "x"]), odd_values, max_size=2)
bases = st.sampled_from(
    [
        CLAIMS,
        CLAIMS | {"iss": ISSUERS[1], "sub": "google-oauth2|1", "permissions": ["read:x", "read:y"]},
        CLAIMS | {"client_id": "spa", "jti": "1"},
        CLAIMS | {"sub": "client-id@clients", "azp": "client-id", "gty": "client-credentials", "scope": "read:y"},
        CLAIMS | {"sub": "client-id@clients", "azp": "client-id", "client_id": "client-id", "jti": "1"},
    ]
)


@settings(max_examples=4 * EXAMPLES)
@given(
    bases,
    odd_claims,
    odd_headers,
    st.lists(st.sampled_from([*CLAIMS, *HEADER, "gty", "permissions"]), max_size=2),
    st.sampled_from([KEY, KEY, KEY, OTHER_KEY, FOREIGN_KEY]),
)
def test_signed_tokens_of_any_content_are_judged_as_the_reference_judges_them(
    base: dict[str, Any], claims: dict[str, Any], header: dict[str, Any], without: list[str], key: Any
) -> None:
    parts = [
        {name: value for name, value in members.items() if name not in without}
        for members in (HEADER | header, base | claims)
    ]
    authorization = f"Bearer {jose.compose(parts[0], parts[1], jose.rsa(key))}"
    assert opened(authorization) == reference(authorization)


@settings(max_examples=3 * EXAMPLES)
@given(
    st.one_of(json_values, st.dictionaries(st.sampled_from(["type", "authorizationToken", "methodArn"]), json_values))
)
def test_no_event_makes_the_handler_fail_in_another_way(event: Any) -> None:
    assert decide(event) is None


@settings(max_examples=3 * EXAMPLES)
@given(st.from_regex(re.compile(r"[ \t]{0,2}[Bb]earer[ \t]{0,3}[A-Za-z.=, ]{0,12}"), fullmatch=True), st.booleans())
def test_a_header_is_read_as_the_reference_reads_it(head: str, with_token: bool) -> None:
    header = f"{head}{GOOD if with_token else ''}"
    assert opened(header) == reference(header)
