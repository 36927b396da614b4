"""Refresh tokens and their families, with a clock that the test sets."""

from pathlib import Path
from typing import Any

import pytest

from local.tenant.errors import OAuthError
from local.tenant.login import grants
from local.tenant.login.logins import Login
from local.tenant.sign_in import authorization_codes
from local.tenant.sign_in.authorization_request import AuthorizationRequest
from local.tenant.sign_in.return_address import ReturnAddress
from local.tenant.store import Store
from local.tenant.token_endpoint import refresh_tokens

NOW = 1_000_000.0
LOGIN = Login("grant", "client", "amazon|1", "con_1", None, ["openid"], ["openid"], "session", 0)
REQUEST = AuthorizationRequest(
    ReturnAddress("client", "http://app.localhost/", "query", None), {}, ["code"], ["openid"]
)


def client(**settings: object) -> dict[str, Any]:
    rotation = {"rotation_type": "rotating", "expiration_type": "expiring", "leeway": 0}
    lifetimes = {"token_lifetime": 1000, "idle_token_lifetime": 100}
    return {"client_id": "client", "refresh_token": {**rotation, **lifetimes, **settings}}


@pytest.fixture
def store(tmp_path: Path) -> Any:
    store = Store(tmp_path)
    yield store
    store.close()


def test_an_idle_refresh_token_ends(store: Store) -> None:
    token = refresh_tokens.begin_family(store, LOGIN, client(), NOW)
    with pytest.raises(OAuthError):
        refresh_tokens.use(store, token, client(), NOW + 100)


def test_a_family_of_tokens_ends_no_matter_how_often_it_is_used(store: Store) -> None:
    token = refresh_tokens.begin_family(store, LOGIN, client(), NOW)
    for moment in range(90, 1000, 90):
        used = refresh_tokens.use(store, token, client(), NOW + moment)
        following = refresh_tokens.next_token(store, used, client(), NOW + moment)
        assert following is not None
        token = following
    with pytest.raises(OAuthError):
        refresh_tokens.use(store, token, client(), NOW + 1000)


def test_the_leeway_ends(store: Store) -> None:
    lenient = client(leeway=10)
    token = refresh_tokens.begin_family(store, LOGIN, lenient, NOW)
    refresh_tokens.use(store, token, lenient, NOW)
    refresh_tokens.use(store, token, lenient, NOW + 9)
    with pytest.raises(OAuthError):
        refresh_tokens.use(store, token, lenient, NOW + 10)


def test_only_the_last_used_token_is_good_again_within_the_leeway(store: Store) -> None:
    lenient = client(leeway=60)
    first = refresh_tokens.begin_family(store, LOGIN, lenient, NOW)
    second = refresh_tokens.next_token(store, refresh_tokens.use(store, first, lenient, NOW), lenient, NOW)
    assert second is not None
    third = refresh_tokens.next_token(store, refresh_tokens.use(store, second, lenient, NOW), lenient, NOW)
    assert third is not None
    assert refresh_tokens.use(store, second, lenient, NOW + 1).login == LOGIN
    with pytest.raises(OAuthError):  # the last but one
        refresh_tokens.use(store, first, lenient, NOW + 1)
    with pytest.raises(OAuthError):
        refresh_tokens.use(store, third, lenient, NOW + 1)


def test_the_leeway_starts_with_the_first_use(store: Store) -> None:
    lenient = client(leeway=10)
    token = refresh_tokens.begin_family(store, LOGIN, lenient, NOW)
    for moment in (0, 5, 9):
        refresh_tokens.use(store, token, lenient, NOW + moment)
    with pytest.raises(OAuthError):
        refresh_tokens.use(store, token, lenient, NOW + 11)


def test_use_keeps_a_token_that_does_not_rotate_alive(store: Store) -> None:
    fixed = client(rotation_type="non-rotating")
    token = refresh_tokens.begin_family(store, LOGIN, fixed, NOW)
    for moment in range(90, 1000, 90):
        refresh_tokens.use(store, token, fixed, NOW + moment)
    with pytest.raises(OAuthError):
        refresh_tokens.use(store, token, fixed, NOW + 1000)


def test_a_family_that_ended_meanwhile_stays_ended(store: Store) -> None:
    token = refresh_tokens.begin_family(store, LOGIN, client(), NOW)
    used = refresh_tokens.use(store, token, client(), NOW)
    grants.end(store, LOGIN.grant_id)
    following = refresh_tokens.next_token(store, used, client(), NOW)
    assert following is not None
    with pytest.raises(OAuthError):
        refresh_tokens.use(store, following, client(), NOW)


def test_a_token_that_was_used_without_result_can_be_given_back(store: Store) -> None:
    token = refresh_tokens.begin_family(store, LOGIN, client(), NOW)
    refresh_tokens.use(store, token, client(), NOW)
    refresh_tokens.give_back(store, token)
    assert refresh_tokens.use(store, token, client(), NOW).login == LOGIN


def test_a_token_without_a_limit_never_ends(store: Store) -> None:
    forever = client(infinite_token_lifetime=True, infinite_idle_token_lifetime=True)
    token = refresh_tokens.begin_family(store, LOGIN, forever, NOW)
    assert refresh_tokens.use(store, token, forever, NOW * 50).login == LOGIN


def test_the_store_keeps_no_code_or_token_as_it_is(store: Store) -> None:
    code = authorization_codes.issue(store, REQUEST, LOGIN, NOW)
    token = refresh_tokens.begin_family(store, LOGIN, client(), NOW)
    kept = b"".join(path.read_bytes() for path in store.directory.glob("tenant.db*"))
    assert b"code_challenge" in kept
    assert code.encode() not in kept
    assert token.encode() not in kept
