from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import LocalAws, MakeSite


WELCOME = {"authorization": "Bearer welcome"}


def test_an_api_answers_through_the_distribution(aws: LocalAws, make_site: MakeSite) -> None:
    host = f"{make_site().comment}.localhost"

    answer = aws.request("GET", host, "/api/movies?year=1999&title=a%20b", headers=WELCOME)

    assert answer.status_code == 200
    assert answer.json()["path"] == "/movies"
    assert answer.json()["queryStringParameters"] == {"year": "1999", "title": "a b"}
    assert "cloudfront" in answer.headers["via"].lower()


def test_a_body_reaches_the_api(aws: LocalAws, make_site: MakeSite) -> None:
    host = f"{make_site().comment}.localhost"

    answer = aws.request("POST", host, "/api/open", content=b'{"title": "Alien"}')

    assert answer.json()["body"] == '{"title": "Alien"}'


@pytest.mark.parametrize(("word", "status"), [("unknown", 401), ("denied", 403)])
def test_a_refusal_arrives_untouched(aws: LocalAws, make_site: MakeSite, word: str, status: int) -> None:
    host = f"{make_site().comment}.localhost"

    answer = aws.request("GET", host, "/api/movies", headers={"authorization": f"Bearer {word}"})

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert "www-authenticate" in answer.headers
    assert answer.json()["request_id"]


def test_an_origin_policy_that_forwards_the_viewers_host_is_forbidden(aws: LocalAws, make_site: MakeSite) -> None:
    all_viewer = "216adef6-5c7f-47e4-b989-5492eafa07d3"

    answer = aws.request("GET", f"{make_site(request_policy=all_viewer).comment}.localhost", "/api/open")

    assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})


def test_an_api_does_not_answer_plain_http_to_its_distribution(aws: LocalAws, make_site: MakeSite) -> None:
    host = f"{make_site(origin_protocol='http-only').comment}.localhost"

    assert aws.request("GET", host, "/api/open").status_code == 502
