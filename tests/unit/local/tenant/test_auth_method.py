"""How an application authenticates, as its settings say."""

from typing import Any

import pytest

from local.tenant import auth_method

KEYS: dict[str, Any] = {"client_authentication_methods": {"private_key_jwt": {"credentials": []}}}


@pytest.mark.parametrize(
    ("client", "method"),
    [
        ({"app_type": "spa"}, "none"),
        ({"app_type": "native"}, "none"),
        ({"app_type": "native", "token_endpoint_auth_method": "client_secret_post"}, "client_secret_post"),
        ({"app_type": "regular_web"}, "client_secret_basic"),
        ({"app_type": "regular_web", "token_endpoint_auth_method": "none"}, "none"),
        ({}, "client_secret_basic"),
        ({"client_authentication_methods": None}, "client_secret_basic"),
        ({"app_type": "spa", **KEYS}, "private_key_jwt"),
        ({"token_endpoint_auth_method": "client_secret_post", **KEYS}, "private_key_jwt"),
    ],
)
def test_the_settings_name_the_method_or_the_kind_decides(client: dict[str, Any], method: str) -> None:
    assert auth_method.of(client) == method
    assert method in auth_method.METHODS
