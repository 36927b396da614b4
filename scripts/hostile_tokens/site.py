"""Reads the public facts of a deployed stack: its tenant, its APIs, and the tenant's public keys."""

import base64
import json
import time
from collections.abc import Mapping
from typing import Any

import httpx

from authorizer.ages import LEEWAY
from scripts.child_environment import is_this_machine
from scripts.errors import OperationError, UserError
from scripts.hostile_tokens.scenario import Scenario, find_target

_SECONDS = 20


def client(url: str, connections: int, agent: str = "gatehouse-attack", stage: str = "") -> httpx.Client:
    """Return a client for a site; a name under `.localhost` always means this machine (RFC 6761 §6.3).

    `agent` is the User-Agent. `stage` is the first segment of every path at an API's own address.

    Raises:
        UserError: the address is not that of a site.
    """
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise UserError(f"URL={url} is not an address; write it like https://d111111abcdef8.cloudfront.net.") from error
    if address.scheme not in {"http", "https"} or not address.host or address.path not in {"", "/"}:
        raise UserError(f"URL={url} is not the address of a site; write it like https://d111111abcdef8.cloudfront.net.")
    headers = {"user-agent": agent}
    if address.host.endswith(".localhost"):
        headers["host"] = address.netloc.decode()
        address = address.copy_with(host="127.0.0.1")
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx.Client(
        base_url=address.copy_with(path=f"/{stage}"),
        headers=headers,
        limits=limits,
        timeout=_SECONDS,
        trust_env=not is_this_machine(url),  # use the shell's proxies and certificate authorities
    )


def read_scenario(site: httpx.Client, token: str | None) -> Scenario:
    """Return the scenario as an outsider sees it, with the given good token, if any.

    Raises:
        UserError: no Gatehouse answers at the address, or the token is no access token.
        OperationError: its tenant does not answer.
    """
    try:
        config = _json(site.get("/config.json"))
        apis, origin = config["apis"], str(config["auth0"]["domain"])
        access_model = {
            "connections": {name: each["scopes"] for name, each in config["connections"].items()},
            "operations": [
                {"method": "GET", "path": api["path"].removeprefix("/api"), "any_of": api["any_of"]}
                for api in apis.values()
            ],
        }
        audience, client_id = str(config["auth0"]["audience"]), str(config["auth0"]["client_id"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{site.base_url} shows no /config.json of a Gatehouse ({type(error).__name__}); is URL its site's address?"
        ) from error
    issuer, key_set = _tenant(origin if "://" in origin else f"https://{origin}")
    return Scenario(
        issuer=issuer,
        audience=audience,
        client_id=client_id,
        target=find_target(access_model, _connection_of(token) if token else None),
        now=int(time.time()),
        leeway=LEEWAY.most,  # so that rows about dates fit any deployment
        key_set=key_set,
        token=token,
    )


def _connection_of(token: str) -> str:
    """Return the connection that the token claims: the part of `sub` before the bar."""
    try:
        payload = token.split(".")[1]
        return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"]).partition("|")[0]
    except (ValueError, LookupError, TypeError) as error:
        raise UserError("TOKEN is not an access token; sign in to the site and copy the one that it shows.") from error


def _tenant(origin: str) -> tuple[str, list[Mapping[str, Any]]]:
    """Return the issuer and its JWKs, from its discovery document (OpenID Connect Discovery §4)."""
    try:
        discovery = _json(httpx.get(f"{origin}/.well-known/openid-configuration", timeout=_SECONDS))
        return str(discovery["issuer"]), _json(httpx.get(discovery["jwks_uri"], timeout=_SECONDS))["keys"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise OperationError(f"the tenant {origin} did not answer with its keys ({type(error).__name__})") from error


def _json(answer: httpx.Response) -> Any:  # noqa: ANN401 -- JSON
    answer.raise_for_status()
    return answer.json()
