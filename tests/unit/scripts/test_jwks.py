import pytest

from scripts.errors import UserError
from scripts.jwks import fetch_jwks


@pytest.mark.parametrize(
    "issuer",
    [
        "https://tenant.eu.auth0.com",
        "https://tenant.eu.auth0.com:443",
        "https://tenant.eu.auth0.com/path/",
        "tenant.eu.auth0.com/",
        "https://tenant.eu.auth0.com/ ",
        "https://user@tenant.eu.auth0.com/",
        "",
    ],
)
def test_an_issuer_of_another_form_is_refused_before_anything_is_asked(issuer: str) -> None:
    with pytest.raises(UserError, match="a slash at the end"):
        fetch_jwks(issuer)
