"""The event: `methodArn` has to name the API and the stage, in any partition; otherwise there is no policy."""

from scripts.hostile_tokens.case import Category, Recipe
from scripts.hostile_tokens.recipes import asked_for, event, event_of_good_token, whole_event

_ARN = "a policy for an ARN that is not one stage's method would be void, or too wide"
_FOREIGN = "an ARN of another service says nothing of an API"
_WILD = "a wildcard in the ARN would come back as one in the policy"
_LIMIT = "API Gateway's own are at most 1600 characters long"
_EVENT = "an event is an object (API Gateway, TOKEN authorizer); anything else is no request"
_PARTITION = "the partition, region, account, API and stage are the event's own, whichever they are"
_CACHED = "the policy is for the whole API: the gateway keeps it for every other request of this token"

_NO_API = "an answer holds the operations of one API, which the first segment of the path names"

method_arn = Category("methodArn")
other_events = Category("events")

_HEAD = "arn:aws:execute-api:eu-west-1:123456789012"


_BROKEN: dict[str, object] = {
    "empty": "",
    "a-star": "*",
    "a-number": 1,
    "null": None,
    "an-array": [f"{_HEAD}:a1b2c3d4e5/live/GET/movies"],
    "an-object": {"arn": "x"},
    "an-API-alone": f"{_HEAD}:a1b2c3d4e5",
    "a-stage-alone": f"{_HEAD}:a1b2c3d4e5/live",
    "without-a-path": f"{_HEAD}:a1b2c3d4e5/live/GET",
    "with-an-empty-API": f"{_HEAD}:/live/GET/movies",
    "with-an-empty-stage": f"{_HEAD}:a1b2c3d4e5//GET/movies",
    "with-an-empty-method": f"{_HEAD}:a1b2c3d4e5/live//movies",
    "with-an-empty-region": "arn:aws:execute-api::123456789012:a1b2c3d4e5/live/GET/movies",
    "with-an-empty-account": "arn:aws:execute-api:eu-west-1::a1b2c3d4e5/live/GET/movies",
    "with-a-short-account": "arn:aws:execute-api:eu-west-1:12345:a1b2c3d4e5/live/GET/movies",
    "with-an-account-in-arabic-digits": f"arn:aws:execute-api:eu-west-1:{'\u0661' * 12}:a1b2c3d4e5/live/GET/movies",
    "with-a-space-before": f" {_HEAD}:a1b2c3d4e5/live/GET/movies",
    "with-a-newline-in-its-stage": f"{_HEAD}:a1b2c3d4e5/live\n/GET/movies",
    "with-a-method-in-lower-case": f"{_HEAD}:a1b2c3d4e5/live/get/movies",
    "of-2000-characters": f"{_HEAD}:a1b2c3d4e5/live/GET/{'x' * 2_000}",
    "with-a-lone-surrogate-for-an-API": f"{_HEAD}:\ud800/live/GET/movies",
    "in-upper-case": f"{_HEAD}:a1b2c3d4e5/live/GET/movies".upper(),
}

_FOREIGN_ARNS = {
    "of-a-function": "arn:aws:lambda:eu-west-1:123456789012:function:authorizer",
    "of-a-bucket": "arn:aws:s3:::bucket/live/GET/movies",
    "of-the-Management-API": "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5/live/GET/movies",
    "of-a-partition-that-is-none": "arn:evil:execute-api:eu-west-1:123456789012:a1b2c3d4e5/live/GET/movies",
    "that-is-an-address": "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/live/movies",
}

_WILDCARDS = {
    "for-a-region": "arn:aws:execute-api:*:123456789012:a1b2c3d4e5/live/GET/movies",
    "for-an-account": "arn:aws:execute-api:eu-west-1:*:a1b2c3d4e5/live/GET/movies",
    "for-an-API": f"{_HEAD}:*/live/GET/movies",
    "for-a-stage": f"{_HEAD}:a1b2c3d4e5/*/GET/movies",
    "for-a-method": f"{_HEAD}:a1b2c3d4e5/live/*/movies",
    "for-a-letter-of-the-stage": f"{_HEAD}:a1b2c3d4e5/li?e/GET/movies",
    "for-a-partition": "arn:*:execute-api:eu-west-1:123456789012:a1b2c3d4e5/live/GET/movies",
}

_REGIONS = {
    "China": "arn:aws-cn:execute-api:cn-north-1:123456789012:a1b2c3d4e5/live/GET",
    "the-US-government": "arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:a1b2c3d4e5/live/GET",
    "Europe's-sovereign-cloud": "arn:aws-eusc:execute-api:eusc-de-east-1:123456789012:a1b2c3d4e5/live/GET",
    "another-account-and-stage": "arn:aws:execute-api:us-east-1:000000000000:zzzzzzzzzz/v1_2/GET",
    "the-console's-test": "arn:aws:execute-api:us-east-1:000000000000:zzzzzzzzzz/test-invoke-stage/GET",
}

# Paths below the API's own, and other paths.
_ASKED_FOR: dict[str, str] = {
    "a-path-that-does-not-exist": "/no/such/path",
    "a-wildcard-as-path": "/*",
    "a-traversal": "/../../other/stage",
    "colons-and-question-marks": "/a:b?c",
    "another-script": "/\u0142/\u674e",
}
_OF_NO_API: dict[str, str] = {
    "the-root": "",
    "a-path-of-no-API": "no/such/path",
    "a-wildcard-as-API": "*",
    "a-traversal-for-an-API": "../../other/stage",
    "an-empty-segment-before-the-API": "/movies",
    "an-API-in-another-script": "\u0142/\u674e",
}

_NO_EVENTS: dict[str, object] = {
    "null": None,
    "an-array": [],
    "a-string": "Bearer",
    "a-number": 1,
    "true": True,
    "an-empty-object": {},
    "an-object-of-other-members": {"Records": [{"eventSource": "aws:sqs"}]},
}


def _in_region(arn: str) -> Recipe:
    return event_of_good_token(lambda scenario, sent: {**sent, "methodArn": f"{arn}{scenario.target.path}"})


def _below(method: str, path: str, length: int = 0) -> Recipe:
    """Ask for a path below the target's; pad the ARN to `length`."""
    return event_of_good_token(
        lambda scenario, sent: {
            **sent,
            "methodArn": f"{_HEAD}:a1b2c3d4e5/live/{method}{scenario.target.path}{path}".ljust(length, "x"),
        }
    )


ROWS = (
    *(method_arn.refused(f"methodArn-{name}", asked_for(arn), _ARN) for name, arn in _BROKEN.items()),
    method_arn.allowed("methodArn-of-1600-characters", _below("GET", "/", length=1_600), _LIMIT),
    method_arn.refused("methodArn-of-1601-characters", _below("GET", "/", length=1_601), _LIMIT),
    method_arn.refused(
        "methodArn-missing",
        event_of_good_token(lambda _, e: {name: e[name] for name in ("type", "authorizationToken")}),
        _ARN,
    ),
    *(method_arn.refused(f"methodArn-{name}", asked_for(arn), _FOREIGN) for name, arn in _FOREIGN_ARNS.items()),
    *(
        method_arn.refused(
            f"methodArn-with-a-wildcard-{name}",
            asked_for(arn),
            _WILD,
        )
        for name, arn in _WILDCARDS.items()
    ),
    *(
        method_arn.allowed(
            f"methodArn-of-{name}",
            _in_region(arn),
            _PARTITION,
        )
        for name, arn in _REGIONS.items()
    ),
    *(
        method_arn.allowed(f"methodArn-that-asks-for-{name}", _below("GET", path), _CACHED)
        for name, path in _ASKED_FOR.items()
    ),
    method_arn.allowed("methodArn-that-asks-for-another-method", _below("DELETE", ""), _CACHED),
    *(
        method_arn.refused(f"methodArn-that-asks-for-{name}", asked_for(f"{_HEAD}:a1b2c3d4e5/live/GET/{path}"), _NO_API)
        for name, path in _OF_NO_API.items()
    ),
    *(other_events.refused(f"event-is-{name}", whole_event(value), _EVENT) for name, value in _NO_EVENTS.items()),
    other_events.refused(
        "event-of-a-REQUEST-authorizer",
        event(
            lambda w: {
                "type": "REQUEST",
                "methodArn": w.method_arn,
                "headers": {"Authorization": f"Bearer {w.good_token()}"},
            }
        ),
        "only `authorizationToken` carries the header of a TOKEN authorizer",
    ),
    other_events.refused(
        "event-with-the-token-in-the-query",
        event(lambda w: {"methodArn": w.method_arn, "queryStringParameters": {"access_token": w.good_token()}}),
        "a token in an address ends up in logs (RFC 6750 §2.3)",
    ),
    other_events.refused(
        "event-with-the-member-in-another-case",
        event_of_good_token(lambda _, e: {"authorizationtoken": e["authorizationToken"], "methodArn": e["methodArn"]}),
        _EVENT,
    ),
    other_events.allowed(
        "event-with-members-of-the-gateways-own",
        event_of_good_token(lambda _, e: {**e, "requestContext": {}, "version": "1.0"}),
        "what the gateway may add is ignored",
    ),
    other_events.allowed(
        "event-without-its-type",
        event_of_good_token(lambda _, e: {name: e[name] for name in ("authorizationToken", "methodArn")}),
        "the gateway's configuration, not the event, says that it is a TOKEN authorizer",
    ),
)
