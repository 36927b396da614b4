from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import Deploy, LocalAws, MakeDocument


def test_a_refusal_can_tell_what_the_authorizer_returned(aws: LocalAws, deploy: Deploy, document: MakeDocument) -> None:
    api_id = deploy(document())
    denied = {"authorization": "Bearer denied"}

    first, from_cache = (aws.call_api(api_id, "/movies", headers=denied) for _ in range(2))

    for answer in (first, from_cache):
        assert answer.json()["scope"] == "read:Movies"
        assert answer.headers["www-authenticate"] == "read:Movies"


def test_a_value_that_no_authorizer_returned_is_empty(aws: LocalAws, deploy: Deploy, document: MakeDocument) -> None:
    template = '{"scope": "$context.authorizer.needed_scope", "other": "${context.authorizer.other}"}'
    response = {"statusCode": "401", "responseTemplates": {"application/json": template}}

    answer = aws.call_api(
        deploy(document(**{"x-amazon-apigateway-gateway-responses": {"UNAUTHORIZED": response}})), "/movies"
    )

    assert answer.json() == {"scope": "", "other": ""}
