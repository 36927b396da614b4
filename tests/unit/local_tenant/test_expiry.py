"""What ends by itself: codes, refresh tokens and families, by a clock that the test holds."""

from pathlib import Path
from typing import Any

import pytest

from local_tenant import authorization_codes, refresh_tokens
from local_tenant.authorization_request import AuthorizationRequest
from local_tenant.errors import OAuthError
from local_tenant.logins import Login
from local_tenant.return_address import ReturnAddress
from local_tenant.store import Store

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


def test_a_code_lives_a_minute(store: Store) -> None:
    for age, fits in ((59.0, True), (60.0, False)):
        code = authorization_codes.issue(store, REQUEST, LOGIN, NOW)
        if fits:
            assert authorization_codes.redeem(store, code, client(), REQUEST.to.redirect_uri, None, NOW + age) == LOGIN
        else:
            with pytest.raises(OAuthError):
                authorization_codes.redeem(store, code, client(), REQUEST.to.redirect_uri, None, NOW + age)


def test_an_idle_refresh_token_ends(store: Store) -> None:
    token = refresh_tokens.begin_family(store, LOGIN, client(), NOW)
    with pytest.raises(OAuthError):
        refresh_tokens.use(store, token, client(), NOW + 100)


def test_a_family_ends_however_often_it_is_used(store: Store) -> None:
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


def test_what_never_ends_does_not(store: Store) -> None:
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
