"""The origin key end to end: the verb, the key value store, the real CloudFront function and API Gateway's check."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from scripts.deployed import Deployed
from scripts.errors import UserError
from scripts.operate.origin_key import describe, rotate
from scripts.tools import ROOT
from tests.system.conftest import traffic

if TYPE_CHECKING:
    from collections.abc import Generator

    from tests.unit.local.aws.conftest import LocalAws, MakeDocument, MakeSite, Site

CODE = (ROOT / "terraform/modules/site/edge/strip_api_prefix.js").read_bytes()
WELCOME = {"authorization": "Bearer welcome"}


@pytest.fixture
def place(aws: LocalAws) -> Deployed:
    """An environment without module stack."""
    variables = {
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    return Deployed(f"origin-{uuid.uuid4().hex[:8]}", aws.client("lambda"), aws.client("apigateway"), variables)


@pytest.fixture
def site(aws: LocalAws, place: Deployed, make_site: MakeSite, document: MakeDocument) -> Site:
    """A distribution and an API that requires the origin key, as the modules declare them."""
    cloudfront, gateway = aws.client("cloudfront"), aws.client("apigateway")
    store = cloudfront.create_key_value_store(Name=place.name)["KeyValueStore"]["ARN"]
    config = {
        "Comment": "",
        "Runtime": "cloudfront-js-2.0",
        "KeyValueStoreAssociations": {"Quantity": 1, "Items": [{"KeyValueStoreARN": store}]},
    }
    made = cloudfront.create_function(Name=place.name, FunctionConfig=config, FunctionCode=CODE)
    function = cloudfront.publish_function(Name=place.name, IfMatch=made["ETag"])["FunctionSummary"]
    api: dict[str, Any] = document()
    api["components"]["securitySchemes"]["origin_key"] = {"type": "apiKey", "name": "x-api-key", "in": "header"}
    api["paths"]["/movies"]["get"]["security"] = [{"auth0": [], "origin_key": []}]
    site = make_site(viewer_function=function["FunctionMetadata"]["FunctionARN"], api_document=api)
    gateway.create_usage_plan(name=f"{place.name}-origin", apiStages=[{"apiId": site.api_id, "stage": "live"}])
    return site


def status(aws: LocalAws, site: Site, **headers: str) -> int:
    named = WELCOME | {name.replace("_", "-"): value for name, value in headers.items()}
    return aws.request("GET", f"{site.comment}.localhost", "/api/movies", headers=named).status_code


def test_only_a_request_that_comes_through_the_distribution_is_answered(
    aws: LocalAws, place: Deployed, site: Site
) -> None:
    assert status(aws, site) == 403  # there is no key yet

    rotate(place)

    assert status(aws, site) == 200
    assert aws.call_api(site.api_id, "/movies", headers=WELCOME).status_code == 403
    assert aws.call_api(site.api_id, "/movies", headers=WELCOME | {"x-api-key": "guessed"}).status_code == 403


def test_a_new_key_takes_over_and_the_one_before_the_last_ends(aws: LocalAws, place: Deployed, site: Site) -> None:
    def keys() -> dict[str, str]:
        listed = place.apis.get_api_keys(includeValues=True)["items"]
        return {key["name"]: key["value"] for key in listed if key["name"].startswith(place.name)}

    assert [rotate(place) for _ in range(3)] == [0, 0, 1]

    values = [value for _, value in sorted(keys().items())]
    assert len(values) == 2
    assert all(len(value) >= 43 for value in values)  # 32 random bytes
    assert status(aws, site) == 200
    for value in values:
        direct = aws.call_api(site.api_id, "/movies", headers=WELCOME | {"x-api-key": value})
        assert direct.status_code == 200


def test_nobody_is_refused_while_the_key_rotates(aws: LocalAws, place: Deployed, site: Site) -> None:
    def asking() -> Generator[int]:
        while True:
            yield status(aws, site)

    rotate(place)
    with traffic(asking()) as seen:
        removed = [rotate(place) for _ in range(3)]
    assert removed == [0, 1, 1]
    assert set(seen) == {200}


def test_a_dry_run_names_the_key_that_would_end_and_ends_none(place: Deployed, site: Site) -> None:
    assert site.api_id
    assert list(describe(place))[-1].startswith("the distribution would send a new key")
    for _ in range(2):
        rotate(place)
    ends, stays, _ = describe(place)
    assert (ends.split(" would ")[1], stays.split(" would ")[1]) == ("end", "stay valid until the run after that")
    assert list(describe(place))[:2] == [ends, stays]


def test_a_visitor_cannot_bring_a_key(aws: LocalAws, place: Deployed, site: Site) -> None:
    rotate(place)

    assert status(aws, site, x_api_key="guessed") == 200  # the distribution sends its own key


def test_an_environment_that_was_never_applied_is_a_sentence(place: Deployed) -> None:
    with pytest.raises(UserError, match="apply it first"):
        rotate(place)
