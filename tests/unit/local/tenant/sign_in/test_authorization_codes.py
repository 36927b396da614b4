"""Authorization codes, with a clock that the test sets."""

from pathlib import Path
from typing import Any

import pytest

from local.tenant.errors import OAuthError
from local.tenant.login.logins import Login
from local.tenant.sign_in import authorization_codes
from local.tenant.sign_in.authorization_request import AuthorizationRequest
from local.tenant.sign_in.return_address import ReturnAddress
from local.tenant.store import Store

NOW = 1_000_000.0
LOGIN = Login("grant", "client", "amazon|1", "con_1", None, ["openid"], ["openid"], "session", 0)
REQUEST = AuthorizationRequest(
    ReturnAddress("client", "http://app.localhost/", "query", None), {}, ["code"], ["openid"]
)
CLIENT = {"client_id": "client"}


@pytest.fixture
def store(tmp_path: Path) -> Any:
    store = Store(tmp_path)
    yield store
    store.close()


def test_a_code_lives_a_minute(store: Store) -> None:
    for age, fits in ((59.0, True), (60.0, False)):
        code = authorization_codes.issue(store, REQUEST, LOGIN, NOW)
        if fits:
            assert authorization_codes.redeem(store, code, CLIENT, REQUEST.to.redirect_uri, None, NOW + age) == LOGIN
        else:
            with pytest.raises(OAuthError):
                authorization_codes.redeem(store, code, CLIENT, REQUEST.to.redirect_uri, None, NOW + age)
