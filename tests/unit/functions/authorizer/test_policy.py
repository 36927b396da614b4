"""The policy allows exactly what is granted, even though IAM's wildcards match more than a path parameter.

A plain model of API Gateway's router and of IAM's evaluation judges every policy, over generated operations.
"""

import itertools
import json
import re
from datetime import datetime
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from authorizer import policy
from authorizer.access_model import Operation
from authorizer.errors import MethodArnError
from scripts.tools import ROOT

EXPIRY = 1_800_000_000
NEVER = "9999-12-31T23:59:59Z"
STAGE_ARN = "arn:aws:execute-api:eu-west-1:123456789012:abc123/live"


def operation(text: str) -> Operation:
    """Return an operation that needs only its own scope, named like the operation."""
    method, path = text.split(" ")
    return Operation(method, tuple(path.removeprefix("/").split("/")), (frozenset({text}),))


def policy_for(all_operations: list[str], granted: list[str]) -> dict[str, Any]:
    table = policy.prepare(tuple(map(operation, all_operations)))
    found = policy.resources(table, frozenset(granted))
    assert found.is_everything == (set(granted) == set(all_operations))
    statements = policy.statements(STAGE_ARN, found)
    return policy.answer("user", statements, EXPIRY, {})["policyDocument"]  # type: ignore[no-any-return]


def evaluate(document: dict[str, Any], request: str, now: int = EXPIRY - 1) -> bool:
    """Decide as IAM does: an explicit Deny wins, then an Allow whose condition holds; otherwise deny."""
    effects = set()
    arn = f"{STAGE_ARN}/{request.replace(' /', '/')}"
    for statement in document["Statement"]:
        until = statement.get("Condition", {}).get("DateLessThan", {}).get("aws:CurrentTime", NEVER)
        patterns = (re.escape(resource).replace(r"\*", ".*").replace(r"\?", ".") for resource in statement["Resource"])
        if now < datetime.fromisoformat(until).timestamp() and any(re.fullmatch(pattern, arn) for pattern in patterns):
            effects.add(statement["Effect"])
    return effects == {"Allow"}


def routed(request: str, operations: list[str]) -> str | None:
    """Walk the tree of resources as API Gateway does: at each level the literal child first, then the parameter."""
    method, path = request.split(" ")
    tree: dict[str, Any] = {}
    for text in operations:
        if text.startswith(f"{method} "):
            node = tree
            for segment in text.split(" ")[1].strip("/").split("/"):
                node = node.setdefault("{}" if segment.startswith("{") else segment, {})
            node["operation"] = text

    def walk(node: dict[str, Any], segments: list[str]) -> str | None:
        if not segments:
            return node.get("operation")
        children = (node[name] for name in (segments[0], "{}") if name in node)
        return next(filter(None, (walk(child, segments[1:]) for child in children)), None)

    return walk(tree, path.strip("/").split("/"))


MOVIES = ["GET /movies", "GET /movies/{id}", "POST /movies", "DELETE /movies/{id}"]


def test_what_is_granted_is_allowed_and_nothing_else() -> None:
    document = policy_for([*MOVIES, "GET /devices"], ["GET /movies", "GET /movies/{id}"])
    assert evaluate(document, "GET /movies")
    assert evaluate(document, "GET /movies/7")
    for request in ("POST /movies", "DELETE /movies/7", "GET /devices", "GET /", "GET /moviesx", "get /movies"):
        assert not evaluate(document, request)


def test_a_policy_without_overlaps_holds_one_plain_allow() -> None:
    document = policy_for([*MOVIES, "POST /devices"], ["GET /movies", "GET /movies/{id}"])
    assert document == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Action": "execute-api:Invoke",
                "Effect": "Allow",
                "Resource": [f"{STAGE_ARN}/GET/movies", f"{STAGE_ARN}/GET/movies/*"],
                "Condition": {"DateLessThan": {"aws:CurrentTime": "2027-01-15T08:00:00Z"}},
            }
        ],
    }


def test_when_nothing_is_granted_everything_is_denied_explicitly() -> None:
    document = policy_for(MOVIES, [])
    assert document["Statement"] == [{"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": [f"{STAGE_ARN}/*"]}]


def test_an_allow_ends_with_the_token_however_long_it_is_cached() -> None:
    document = policy_for(MOVIES, MOVIES)
    assert evaluate(document, "GET /movies", now=EXPIRY - 1)
    assert not evaluate(document, "GET /movies", now=EXPIRY)


@pytest.mark.parametrize(
    ("operations", "granted", "allowed", "refused"),
    [
        pytest.param(
            ["GET /movies/{id}", "GET /movies/{id}/reviews"],
            ["GET /movies/{id}"],
            ["GET /movies/7"],
            ["GET /movies/7/reviews", "GET /movies/7/reviews/"],
            id="what lies below a parameter",
        ),
        pytest.param(
            ["GET /movies/{id}", "GET /movies/top"],
            ["GET /movies/{id}"],
            ["GET /movies/7", "GET /movies/topper"],
            ["GET /movies/top", "GET /movies/top/"],
            id="a literal beside a parameter",
        ),
        pytest.param(
            ["GET /movies/{id}", "GET /movies/top"],
            ["GET /movies/top"],
            ["GET /movies/top"],
            ["GET /movies/7"],
            id="only the literal beside a parameter",
        ),
        pytest.param(
            ["GET /movies/{id}", "GET /movies/{id}/reviews"],
            ["GET /movies/{id}/reviews"],
            ["GET /movies/7/reviews"],
            ["GET /movies/7"],
            id="only what lies below a parameter",
        ),
        pytest.param(
            ["GET /movies", "GET /movies/{id}"],
            ["GET /movies/{id}"],
            ["GET /movies/7"],
            ["GET /movies", "GET /movies/"],
            id="what lies above a parameter, with a slash at its end",
        ),
        pytest.param(
            ["GET /{api}", "GET /movies/{id}/reviews"],
            ["GET /{api}"],
            ["GET /movies"],
            ["GET /movies/7/reviews"],
            id="far below a parameter",
        ),
        pytest.param(
            ["GET /movies/{id}", "DELETE /movies/{id}"],
            ["GET /movies/{id}"],
            ["GET /movies/7"],
            ["DELETE /movies/7"],
            id="another method",
        ),
    ],
)
def test_wildcards_reach_no_further_than_what_is_granted(
    operations: list[str], granted: list[str], allowed: list[str], refused: list[str]
) -> None:
    document = policy_for(operations, granted)
    assert all(evaluate(document, request) for request in allowed)
    assert not any(evaluate(document, request) for request in refused)


@pytest.mark.parametrize(
    ("operations", "granted", "refused"),
    [
        (["GET /movies/new/{id}", "GET /movies/top"], "GET /movies/new/{id}", ["/movies/new/../top", "/movies/new/.."]),
        (["GET /movies/{id}/cast", "GET /movies/cast"], "GET /movies/{id}/cast", ["/movies//cast", "/movies/./cast"]),
    ],
)
def test_a_gateway_that_cleans_paths_is_led_to_no_operation_that_is_not_granted(
    operations: list[str], granted: str, refused: list[str]
) -> None:
    document = policy_for(operations, [granted])
    assert evaluate(document, granted.replace("{id}", "7"))
    for path in refused:
        assert not evaluate(document, f"GET {path}")
    assert len(policy_for([granted], [granted])["Statement"]) == 1, "where nothing is closed, no Deny is needed"


segments = st.sampled_from(["a", "b", "{x}"])
paths = st.lists(segments, min_size=1, max_size=3).map(lambda path: "/" + "/".join(path))
operations = st.builds("{} {}".format, st.sampled_from(["GET", "POST"]), paths)
rule_sets = st.lists(operations, min_size=1, max_size=7, unique=True).flatmap(
    lambda found: st.tuples(st.just(found), st.lists(st.sampled_from(found), unique=True))
)
REQUESTS = [
    f"{method} /{'/'.join(path)}{end}"
    for method in ("GET", "POST")
    for length in (1, 2, 3, 4)
    for path in itertools.product("abc", repeat=length)
    for end in ("", "/")
]


@settings(deadline=None)
@given(rule_sets)
def test_no_request_is_allowed_that_is_routed_to_an_operation_that_is_not_granted(
    rule_set: tuple[list[str], list[str]],
) -> None:
    all_operations, granted = rule_set
    document = policy_for(all_operations, granted)
    for request in REQUESTS:
        target = routed(request, all_operations)
        if target is not None and target not in granted:
            assert not evaluate(document, request), (request, target)


@settings(deadline=None)
@given(rule_sets)
def test_every_granted_request_is_allowed_unless_a_needed_deny_covers_it(
    rule_set: tuple[list[str], list[str]],
) -> None:
    all_operations, granted = rule_set
    document = policy_for(all_operations, granted)
    allow_only = {"Statement": [s for s in document["Statement"] if s["Effect"] == "Allow"]}
    deny = [s for s in document["Statement"] if s["Effect"] == "Deny"]
    breaches = {routed(request, all_operations) for request in REQUESTS if evaluate(allow_only, request)}
    for request in REQUESTS:
        if routed(request, all_operations) in granted and not request.endswith("/"):
            assert evaluate(allow_only, request)
            assert deny or evaluate(document, request)
    if granted:  # each Deny is needed: without it, some gateway would let a request through
        closed = {text.split(" ")[0] for text in all_operations if text not in granted}
        by_cleaning = any("{" in text and text.split(" ")[0] in closed for text in granted)
        assert bool(deny) == (bool(breaches - set(granted) - {None}) or by_cleaning)


@settings(deadline=None)
@given(rule_sets)
def test_there_is_always_a_statement_and_each_names_a_resource(rule_set: tuple[list[str], list[str]]) -> None:
    document = policy_for(*rule_set)
    assert document["Statement"]
    assert all(statement["Resource"] for statement in document["Statement"])


def test_operations_with_equal_needs_are_granted_together() -> None:
    needs = (frozenset({"a", "b"}), frozenset({"c"}))
    operations = tuple(Operation("GET", (name,), needs) for name in ("one", "two"))
    table = policy.prepare((*operations, Operation("GET", ("three",), (frozenset({"b"}),))))
    for scopes, allowed in (
        ({"a"}, ()),
        ({"b"}, ("GET/three",)),
        ({"c"}, ("GET/one", "GET/two")),
        ({"a", "b"}, ("GET/one", "GET/three", "GET/two")),
    ):
        assert policy.resources(table, frozenset(scopes)).allowed == allowed


def test_the_widest_policy_of_this_project_fits_api_gateways_limit() -> None:
    documents = sorted((ROOT / "functions").glob("*/openapi.yaml"))
    assert documents
    everything = [
        f"{method.upper()} {path}"
        for document in documents
        for path, methods in yaml.safe_load(document.read_text())["paths"].items()
        for method in methods
    ]
    assert len(json.dumps(policy_for(everything, everything))) < 8_192


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:execute-api:eu-west-1:123456789012:abc123/live/GET/movies",
        "arn:aws-cn:execute-api:cn-north-1:123456789012:abc123/live/GET/movies",
        "arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:abc123/live/GET/movies",
        "arn:aws:execute-api:us-east-1:000000000000:abc123/test-invoke-stage/GET/",
        "arn:aws:execute-api:us-east-1:000000000000:abc123/v1_2/DELETE/a/b:c/*/?x/ä\n/..",
    ],
)
def test_the_stage_comes_from_the_arn_in_any_partition_and_region(arn: str) -> None:
    target = policy.read_method_arn(arn)
    assert arn.startswith(f"{target.stage_arn}/")
    assert target.stage_arn == ":".join(arn.split(":")[:5]) + f":{target.api_id}/{target.stage}"
    assert target.api == arn.split("/")[3]


@pytest.mark.parametrize(
    "arn",
    [
        None,
        "",
        "*",
        1,
        ["arn:aws:execute-api:eu-west-1:123456789012:abc123/live/GET/movies"],
        "arn:aws:execute-api:eu-west-1:123456789012:abc123",
        "arn:aws:execute-api:eu-west-1:123456789012:abc123/live",
        "arn:aws:execute-api:eu-west-1:123456789012:abc123/live/GET",
        "arn:aws:execute-api:eu-west-1:123456789012:*/live/GET/movies",
        "arn:aws:execute-api:eu-west-1:123456789012:abc123/*/GET/movies",
        "arn:aws:execute-api:eu-west-1:123456789012:abc123//GET/movies",
        "arn:aws:execute-api:eu-west-1:12345:abc123/live/GET/movies",
        "arn:aws:execute-api:eu-west-1:123456789012:abc123/live/*/movies",
        "arn:aws:execute-api::123456789012:abc123/live/GET/movies",
        "arn:aws:execute-api:*:123456789012:abc123/live/GET/movies",
        "arn:aws:lambda:eu-west-1:123456789012:function:authorizer",
        "arn:aws:s3:::bucket/live/GET/movies",
        "arn:evil:execute-api:eu-west-1:123456789012:abc123/live/GET/movies",
        "arn:aws:execute-api:eu-west-1:123456789012:abc123/live\n/GET/movies",
        " arn:aws:execute-api:eu-west-1:123456789012:abc123/live/GET/movies",
        "arn:aws:execute-api:eu-west-1:١٢٣٤٥٦٧٨٩٠١٢:abc123/live/GET/movies",
        "arn:aws:execute-api:eu-west-1:123456789012:abc123/live/GET/" + "x" * 1_600,
        f"arn:aws:execute-api:eu-west-1:123456789012:{'a' * 33}/live/GET/movies",
        f"arn:aws:execute-api:eu-west-1:123456789012:abc123/{'a' * 129}/GET/movies",
    ],
    ids=lambda value: ascii(value)[:80],
)
def test_a_foreign_or_broken_method_arn_is_an_error(arn: object) -> None:
    with pytest.raises(MethodArnError):
        policy.read_method_arn(arn)


@settings(deadline=None)
@given(st.integers(0, 253_402_300_799))
def test_a_policy_ends_at_a_date_of_iso_8601_in_whole_seconds(moment: int) -> None:
    text = policy.iso8601(moment)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)
    assert datetime.fromisoformat(text).timestamp() == moment


def test_a_request_that_a_cleaning_gateway_would_route_elsewhere_is_closed_where_something_is_closed() -> None:
    operations = ["GET /m", "GET /m/{p0}", "GET /m/{p0}/b", "GET /m/b"]
    document = policy_for(operations, ["GET /m/{p0}"])
    for request in ("GET /m//", "GET /m//b", "GET /m/x/../b", "GET /m/./b", "GET /m/x/..", "GET /m/.", "GET /m///b"):
        assert not evaluate(document, request), request
    for request in ("GET /m/x", "GET /m/.x", "GET /m/x..", "GET /m/b%20c"):
        assert evaluate(document, request), request


@pytest.mark.parametrize("request_", ["GET /m//b", "GET /m/./b", "GET /m/x/../b", "GET /m/b/.", "GET /m/b/.."])
def test_each_spelling_that_a_cleaning_gateway_would_change_is_closed(request_: str) -> None:
    document = policy_for(["GET /m/{p0}", "GET /m/b"], ["GET /m/{p0}"])
    assert not evaluate(document, request_)
    assert evaluate(policy_for(["GET /m/{p0}"], ["GET /m/{p0}"]), request_)


def test_what_is_kept_of_requests_is_bounded() -> None:
    assert policy._target.cache_info().maxsize == 128
    assert policy._minute.cache_info().maxsize == 512
