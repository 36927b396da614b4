"""Finds which quota of AWS, Auth0 or our own is reached first as users and APIs grow: the arithmetic of docs/scale.md.

`python -m tests.performance.quotas` prints the page's tables. The figures about a user are assumptions; change them
here, and copy the new tables to the page.
"""

from collections.abc import Callable
from dataclasses import dataclass

USERS = (10, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)

# Assumptions about a user.
MONTHLY_ACTIVE = 0.5  # of all users
DAILY_ACTIVE = 0.1  # of all users, on the busiest day
SESSIONS = 2  # of an active user, on that day
LISTS, ITEMS = 6, 9  # requests to an API in a session
APIS_USED = 2  # in a session; each has its own authorizer cache, and a session ends within its 300 seconds
FILES = 12  # requests of a session for the site itself, with its configuration
SIGN_IN_REQUESTS = 4  # to Auth0's Authentication API: the frame, /authorize, its callback, /oauth/token

# A peak: the busiest hour has a fifth of a day's requests, and the busiest second has three times the hour's mean.
PEAK = 0.2 / 3_600 * 3

# Of our functions (docs/measurements.md; AWS adds its own time).
FUNCTION_SECONDS, AUTHORIZER_SECONDS = 0.05, 0.02
LIST_READ_UNITS, ITEM_READ_UNITS = (
    0.5,
    0.5,
)  # eventually consistent reads of up to 4 KB; a page of 20 rows of 150 bytes is one

BUSIEST_API = 0.5  # its share of all requests


@dataclass(frozen=True)
class Quota:
    """A limit, the demand on it by a number of users, and the page that documents it."""

    name: str
    limit: float
    unit: str
    demand: Callable[[int], float]
    source: str
    remedy: str

    def bites_at(self) -> int:
        """Return the number of users at which the demand exceeds the limit; each demand is proportional to users."""
        return int(self.limit / self.demand(1_000_000) * 1_000_000)


def sessions_a_second(users: int) -> float:
    """Return the sessions that begin in the busiest second."""
    return users * DAILY_ACTIVE * SESSIONS * PEAK


def api_requests_a_second(users: int) -> float:
    """Return the requests of all APIs in the busiest second."""
    return sessions_a_second(users) * (LISTS + ITEMS)


def concurrent_executions(users: int) -> float:
    """Return how many of our functions run at once: arrivals times duration (Little's law)."""
    authorizations = sessions_a_second(users) * APIS_USED
    return api_requests_a_second(users) * FUNCTION_SECONDS + authorizations * AUTHORIZER_SECONDS


QUOTAS = (
    Quota(
        "Auth0, Free plan: Authentication API",
        300 / 60,
        "requests a second",
        lambda users: sessions_a_second(users) * SIGN_IN_REQUESTS,
        "https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/rate-limit-configurations/free-public",
        "a paid plan",
    ),
    Quota(
        "Auth0, Free plan: monthly active users",
        25_000,
        "users",
        lambda users: users * MONTHLY_ACTIVE,
        "https://auth0.com/pricing",
        "a paid plan",
    ),
    Quota(
        "Lambda, a new account (often 10): concurrent executions",
        10,
        "executions",
        concurrent_executions,
        "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
        "Service Quotas, before the first visitors",
    ),
    Quota(
        "ours: `throttling` of the busiest API",
        50,
        "requests a second",
        lambda users: api_requests_a_second(users) * BUSIEST_API,
        "terraform/modules/stack/variables.tf",
        "`throttling` in the environment's tfvars, or `x-throttling` in the document",
    ),
    Quota(
        "Auth0, Enterprise: Authentication API",
        100,
        "requests a second",
        lambda users: sessions_a_second(users) * SIGN_IN_REQUESTS,
        "https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy",
        "a private cloud of 500 requests a second or more",
    ),
    Quota(
        "Lambda: concurrent executions",
        1_000,
        "executions",
        concurrent_executions,
        "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
        "Service Quotas",
    ),
    Quota(
        "DynamoDB: reads of one partition, where every list begins",
        3_000,
        "read units a second",
        lambda users: sessions_a_second(users) * LISTS * BUSIEST_API * LIST_READ_UNITS,
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html",
        "a cache in the handler, or a list of its own design",
    ),
    Quota(
        "API Gateway: requests of an account and region",
        10_000,
        "requests a second",
        api_requests_a_second,
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
        "Service Quotas, or an account for each API",
    ),
    Quota(
        "DynamoDB: reads of one table on demand",
        40_000,
        "read units a second",
        lambda users: sessions_a_second(users) * (LISTS * LIST_READ_UNITS + ITEMS * ITEM_READ_UNITS) * BUSIEST_API,
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html",
        "Service Quotas",
    ),
    Quota(
        "CloudFront: requests of a distribution",
        250_000,
        "requests a second",
        lambda users: sessions_a_second(users) * (FILES + LISTS + ITEMS),
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html",
        "Service Quotas",
    ),
)


@dataclass(frozen=True)
class ApiQuota:
    """A limit on how many APIs an environment can have: `(limit - fixed) / per_api`."""

    name: str
    limit: int
    fixed: int
    per_api: int
    source: str

    def apis(self) -> int:
        """Return the largest number of APIs."""
        return (self.limit - self.fixed) // self.per_api


API_QUOTAS = (
    ApiQuota(
        "CloudFront: cache behaviors of a distribution",
        75,
        3,  # /api/*, /icons/*, the default
        1,
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html",
    ),
    ApiQuota(
        "CloudFront: origins of a distribution",
        100,
        1,  # the bucket
        1,
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html",
    ),
    ApiQuota(
        "API Gateway: bytes of a request's headers, if one sign-in is granted four scopes of every API",
        10_240,
        1_700,  # the other headers, and a token without scopes
        80,  # four scopes of 15 characters, space included, in base64
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
    ),
    ApiQuota(
        "Auth0: scopes of an API, four for each of ours that writes",
        1_000,
        0,
        4,
        "https://auth0.com/docs/troubleshoot/customer-support/operational-policies/entity-limit-policy",
    ),
    ApiQuota(
        "API Gateway: Regional REST APIs of an account and region",
        600,
        0,
        1,
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
    ),
    ApiQuota(
        "IAM: roles of an account",
        1_000,
        2,  # the authorizer's, and the one that invokes it
        1,
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    ),
    ApiQuota(
        "DynamoDB: tables of an account and region",
        2_500,
        0,
        1,
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html",
    ),
)


def load_table() -> str:
    """Return the table of the demand of so many users in the busiest second."""
    lines = ["| users | sign-ins | requests of the APIs | functions at once |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {users:,} | {_short(sessions_a_second(users))} | {_short(api_requests_a_second(users))} "
        f"| {_short(concurrent_executions(users))} |"
        for users in USERS
    ]
    return "\n".join(lines)


def quota_table() -> str:
    """Return the table of the quotas that grow with users, the one that is reached first at the top."""
    lines = ["| quota | limit | reached at, users | then |", "| --- | --- | --- | --- |"]
    for quota in sorted(QUOTAS, key=Quota.bites_at):
        limit, users = f"{quota.limit:,.0f} {quota.unit}", f"{_rounded(quota.bites_at()):,}"
        lines.append(f"| {_linked(quota.name, quota.source)} | {limit} | {users} | {quota.remedy} |")
    return "\n".join(lines)


def api_table() -> str:
    """Return the table of the quotas that grow with APIs, the tightest first."""
    lines = ["| quota | limit | APIs |", "| --- | --- | --- |"]
    lines += [
        f"| {_linked(quota.name, quota.source)} | {quota.limit:,} | {quota.apis():,} |"
        for quota in sorted(API_QUOTAS, key=ApiQuota.apis)
    ]
    return "\n".join(lines)


def _linked(name: str, source: str) -> str:
    return f"[{name}]({source})" if source.startswith("https://") else f"{name}"


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"


def _rounded(users: int) -> int:
    """Round a number to two digits: the assumptions are no more precise."""
    digits = len(str(users)) - 2
    return round(users, -digits)


if __name__ == "__main__":
    print(load_table(), quota_table(), api_table(), sep="\n\n")
