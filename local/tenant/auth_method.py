"""How an application authenticates, as its settings say (OpenID Connect Core §9, RFC 7523)."""

from local.tenant.store import Document

METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")
_PUBLIC_KINDS = ("spa", "native")


def of(client: Document) -> str:
    """Return an application's method, one of METHODS; `none` means a public client.

    Auth0 accepts a secret by either of its two methods, no matter which is set. An application that cannot keep a
    secret is public unless its settings name a method.
    """
    if "private_key_jwt" in (client.get("client_authentication_methods") or {}):
        return "private_key_jwt"
    return str(
        client.get("token_endpoint_auth_method")
        or ("none" if client.get("app_type") in _PUBLIC_KINDS else "client_secret_basic")
    )
