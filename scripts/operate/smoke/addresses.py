"""Finds an environment's addresses: its site, and each API's own address, which bypasses the distribution."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from scripts.deployed import Deployed
from scripts.environments import CloudEnvironment, Environment
from scripts.errors import UserError
from scripts.hostile_tokens import site
from scripts.local_stack import settings

_STAGE = "live"  # module rest_api's one stage
_AGENT = "gatehouse-smoke"
_CONNECTIONS = 8


@dataclass(frozen=True)
class Addresses:
    """HTTP clients of one environment: of its site, and of each API's stage by the API's name. Close them with `close`.

    `origin_key_required`: whether the stages are declared to refuse requests that did not come through the site.
    """

    site_url: str
    issuer: str
    origin_key_required: bool
    site: httpx.Client
    stages: Mapping[str, httpx.Client]

    def close(self) -> None:
        """Close all connections."""
        for client in (self.site, *self.stages.values()):
            client.close()


def find(environment: Environment, target: Deployed) -> Addresses:
    """Return the addresses of an environment.

    Raises:
        UserError: the environment has no distribution or no API, as before its first apply.
    """
    ids = target.api_ids()
    if isinstance(environment, CloudEnvironment):
        url, issuer = site_url(target), environment.issuer
        required = environment.flag("origin_key_required")
    else:
        here = settings.from_environment(os.environ)
        url, issuer, required = here.site_origin, here.issuer, False
    if not ids:
        raise UserError(f"{target.name} has no API; apply it first (`make plan`, `make apply`).")
    stages = {name: _stage(target, api_id) for name, api_id in ids.items()}
    return Addresses(url, issuer, required, site.client(url, _CONNECTIONS, _AGENT), stages)


def site_url(target: Deployed) -> str:
    """Return the first alias, or else the domain name, of the distribution whose comment is the environment's name.

    Raises UserError if there is none.
    """
    for page in target.client("cloudfront").get_paginator("list_distributions").paginate():
        for distribution in page["DistributionList"].get("Items", []):
            if distribution["Comment"] == target.name:
                aliases = distribution["Aliases"].get("Items", [])
                return f"https://{aliases[0] if aliases else distribution['DomainName']}"
    raise UserError(f"{target.name} has no distribution; apply it first (`make plan`, `make apply`).")


def _stage(target: Deployed, api_id: str) -> httpx.Client:
    region, emulator = target.environment["AWS_REGION"], target.environment.get("AWS_ENDPOINT_URL")
    if not emulator:
        return site.client(f"https://{api_id}.execute-api.{region}.amazonaws.com", _CONNECTIONS, _AGENT, _STAGE)
    return site.client(
        f"http://{api_id}.execute-api.localhost:{httpx.URL(emulator).port}", _CONNECTIONS, _AGENT, _STAGE
    )
