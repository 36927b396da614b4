"""Random access models, tokens and requests: the policy opens exactly what the reference grants.

The build's own check reads the access model first. If it accepts a model, the policies have to be exact; if it refuses
one, no exact policy exists. The whole handler decides, on tokens with real signatures; an independent evaluator reads
the policy as IAM does.
"""

import itertools
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from authorizer.configuration import build_handler
from scripts.build.data_files.operations import Operation
from scripts.build.data_files.overlaps import inexpressible
from scripts.hostile_tokens import jose
from scripts.hostile_tokens.scenario import new_key
from tests.unit.functions.authorizer.iam import allows, routed
from tests.unit.functions.authorizer.reference import Tenant, granted_operations

EXAMPLES = settings().max_examples
NOW = 1_800_000_000
ISSUER, AUDIENCE = "https://tenant.example/", "https://api.example"
STAGE = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/live"
KEY = new_key()
JWK = {**jose.public_jwk(KEY.public_key()), "kid": "key-1"}
MACHINE_CLIENTS = {"client-id": "robot"}

SCOPES = ("read:x", "read:y", "write:z")
METHODS = ("GET", "DELETE")
APIS = ("one", "two")
LITERALS = ("a", "~b")  # the second one sorts after a parameter's brace

type AccessModel = dict[str, Any]

scope_lists = st.lists(st.sampled_from(SCOPES), unique=True)
segments = st.sampled_from([*LITERALS, "{id}"])
paths = st.builds(lambda api, below: "/".join(["", api, *below]), st.sampled_from(APIS), st.lists(segments, max_size=3))
alternatives = st.lists(
    st.lists(st.sampled_from(SCOPES), min_size=1, max_size=2, unique=True), min_size=1, max_size=3, unique_by=frozenset
)
scattered = st.dictionaries(st.tuples(st.sampled_from(METHODS), paths), alternatives, min_size=1, max_size=7)
# Similar paths, so that the pattern of one covers another.
crowded_paths = st.lists(segments, min_size=1, max_size=3).map(lambda below: ("GET", "/".join(["/one", *below])))
crowded = st.dictionaries(crowded_paths, alternatives, min_size=2, max_size=6)
operations = st.one_of(scattered, crowded)


@st.composite
def rule_tables(draw: st.DrawFn) -> AccessModel:
    """Access models as the build compiles them; a policy may or may not be able to express them."""
    return {
        "audience": AUDIENCE,
        "connections": {"amazon": draw(scope_lists), "google-oauth2": draw(scope_lists)},
        "machine_clients": {"robot": draw(scope_lists)},
        "role_based_access_control": draw(st.booleans()),
        "operations": [
            {"method": method, "path": path, "any_of": any_of} for (method, path), any_of in draw(operations).items()
        ],
    }


@st.composite
def claim_sets(draw: st.DrawFn) -> dict[str, Any]:
    """Claims of a good token: of a user of some connection or of a machine client, with any scopes and permissions."""
    subject = draw(st.sampled_from(["amazon|1", "google-oauth2|1", "auth0|1", "client-id@clients", "other@clients"]))
    claims = {"iss": ISSUER, "sub": subject, "aud": AUDIENCE, "iat": NOW, "exp": NOW + 60, "azp": "spa"}
    claims["scope"] = " ".join(["openid", *draw(scope_lists)])
    if draw(st.booleans()):
        claims["permissions"] = draw(scope_lists)
    if subject.endswith("@clients"):
        claims |= {"gty": "client-credentials", "azp": subject.removesuffix("@clients")}
    return claims


def is_accepted(access_model: AccessModel) -> bool:
    """Return whether the build accepts the access model; it checks each API alone, because each has its gateway."""
    guarded = [Operation(each["method"], each["path"], alternatives_of(each)) for each in access_model["operations"]]
    return not any(inexpressible([one for one in guarded if one.path.split("/")[1] == api]) for api in APIS)


def alternatives_of(operation: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    return tuple(sorted(tuple(sorted(needed)) for needed in operation["any_of"]))


def names(access_model: AccessModel) -> list[tuple[str, str]]:
    return [(operation["method"], operation["path"]) for operation in access_model["operations"]]


def decided(access_model: AccessModel, claims: dict[str, Any]) -> dict[str, Any]:
    """Return the policies that the whole handler answers with, by API."""
    settings = {
        "ISSUERS": ISSUER,
        "JWKS": json.dumps({"keys": [JWK]}),
        "SUBJECT_HASH_KEY": "0123456789abcdef",
        "MACHINE_CLIENTS": json.dumps(MACHINE_CLIENTS),
    }
    handle = build_handler(
        settings, json.dumps(access_model), clock=lambda: NOW, monotonic=lambda: 0.0, log=lambda _: None
    )
    token = jose.compose({"alg": "RS256", "typ": "JWT", "kid": "key-1"}, claims, jose.rsa(KEY))
    return {
        api: handle({"authorizationToken": f"Bearer {token}", "methodArn": f"{STAGE}/GET/{api}"}, None)[
            "policyDocument"
        ]
        for api in {path.split("/")[1] for _, path in names(access_model)}
    }


def requests(access_model: AccessModel) -> Iterator[tuple[str, str]]:
    """Yield requests similar to the operations: with parameters filled in, shorter, longer, and with other ends."""
    values = (*LITERALS, "other")
    for api in (*APIS, "three"):
        for length in range(4):
            for below in itertools.product(values, repeat=length):
                for method in METHODS:
                    yield method, "/".join(["", api, *below])
        for method in METHODS:
            yield method, f"/{api}/a/b/other/a"
            yield method, f"/{api}/a/a/a/a/a"
            yield method, f"/{api}s"


def allowed(documents: dict[str, Any], method: str, path: str) -> bool:
    """Return whether the policy for a path's API allows a request; no other API's policy may, on the same stage."""
    found = {api for api, document in documents.items() if allows(document, f"{STAGE}/{method}{path}", NOW)}
    assert found <= {path.split("/")[1]}
    return found != set()


@settings(max_examples=EXAMPLES)
@given(rule_tables(), st.lists(claim_sets(), min_size=1, max_size=4))
def test_a_policy_opens_exactly_what_the_reference_grants(
    access_model: AccessModel, tokens: list[dict[str, Any]]
) -> None:
    assume(is_accepted(access_model))
    tenant = Tenant(frozenset({ISSUER}), access_model, {}, 0, MACHINE_CLIENTS)
    for claims in tokens:
        documents, granted = decided(access_model, claims), granted_operations(claims, tenant)
        for method, path in requests(access_model):
            operation = routed(method, path, names(access_model))
            if operation is not None:  # to any other, API Gateway answers 404 without the authorizer
                assert allowed(documents, method, path) == (operation in granted), (method, path, operation)
                # A slash at the end does not change the route. It may be refused, because Resources end without one.
                assert operation in granted or not allowed(documents, method, f"{path}/"), (method, f"{path}/")


@settings(max_examples=EXAMPLES)
@given(rule_tables(), st.lists(claim_sets(), min_size=1, max_size=4))
def test_no_policy_opens_more_than_the_reference_grants_even_where_the_build_refuses(
    access_model: AccessModel, tokens: list[dict[str, Any]]
) -> None:
    tenant = Tenant(frozenset({ISSUER}), access_model, {}, 0, MACHINE_CLIENTS)
    for claims in tokens:
        documents, granted = decided(access_model, claims), granted_operations(claims, tenant)
        for method, path in requests(access_model):
            for spelling in (path, f"{path}/"):
                operation = routed(method, spelling, names(access_model))
                assert operation in {None, *granted} or not allowed(documents, method, spelling), (method, spelling)


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.filter_too_much])
@given(crowded)
def test_the_build_refuses_only_models_for_which_some_scopes_have_no_exact_policy(
    operations: dict[tuple[str, str], list[list[str]]],
) -> None:
    access_model = {
        "audience": AUDIENCE,
        "connections": {"amazon": list(SCOPES)},
        "machine_clients": {"robot": []},
        "role_based_access_control": False,
        "operations": [
            {"method": method, "path": path, "any_of": any_of} for (method, path), any_of in operations.items()
        ],
    }
    assume(not is_accepted(access_model))
    assert any(
        closes_what_is_granted(access_model, scopes)
        for count in range(1, len(SCOPES) + 1)
        for scopes in itertools.combinations(SCOPES, count)
    ), "every policy is exact, so the build had no reason to refuse"


def closes_what_is_granted(access_model: AccessModel, scopes: tuple[str, ...]) -> bool:
    """Return whether the policy for some scopes refuses a request that they grant."""
    claims = {"iss": ISSUER, "sub": "amazon|1", "aud": AUDIENCE, "iat": NOW, "exp": NOW + 60, "azp": "spa"}
    claims["scope"] = " ".join(scopes)
    documents = decided(access_model, claims)
    granted = granted_operations(claims, Tenant(frozenset({ISSUER}), access_model, {}, 0))
    return any(
        routed(method, path, names(access_model)) in granted and not allowed(documents, method, path)
        for method, path in requests(access_model)
    )
