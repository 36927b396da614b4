"""`make doctor ENV=<environment>`: look for what would make the next plan or apply fail; first, whether Rules are left.

A line for each check. Ends with exit code 1 when there is a problem. Credentials are those of Terraform and AWS.
"""

import argparse
from collections.abc import Callable, Iterator
from functools import partial

from scripts import environments
from scripts.errors import OperationError, run
from scripts.operate.doctor import account, place, tenant
from scripts.operate.doctor.findings import ProblemError
from scripts.operate.doctor.management import Management
from scripts.operate.doctor.place import Place

type Check = tuple[str, Callable[[], str]]


def checks(where: Place) -> Iterator[Check]:
    """Yield the checks of a place: a name, and what returns a few words or raises ProblemError."""
    management = Management(where)
    yield "Rules", partial(tenant.rules, where, management)
    yield "Tenant", partial(tenant.identity, where, management)
    yield "Scopes of Terraform's application", partial(tenant.scopes, where, management)
    yield "Connections", partial(tenant.connections, where, management)
    yield "Runtimes of Actions", partial(tenant.action_runtimes, where, management)
    if where.account is not None:  # the emulated AWS takes any credentials, and its tenant makes its own secret
        yield "Signing secret", partial(account.signing_secret, where)
        yield "AWS credentials", partial(account.credentials, where)
        yield "API Gateway's logging", partial(account.api_gateway_logging, where)


def examine(where: Place) -> int:
    """Print a line for each check; return how many found a problem."""
    problems = 0
    seen: dict[str, str] = {}
    for name, check in checks(where):
        try:
            print(f"ok       {name}: {check()}", flush=True)
        except ProblemError as problem:
            if (first := seen.setdefault(str(problem), name)) != name:
                print(f"-        {name}: not checked, for the same reason as {first}", flush=True)
                continue
            problems += 1
            print(f"PROBLEM  {name}: {problem}. To mend it: {problem.fix}.", flush=True)
    return problems


def main() -> None:
    """Examine the environment that the command line names."""
    parser = argparse.ArgumentParser(prog="doctor", description=__doc__)
    parser.add_argument("environment", nargs="?", help=f"one of: {', '.join(environments.names())}")
    environment = environments.find(parser.parse_args().environment)
    problems = examine(place.of(environment))
    if problems:
        raise OperationError(
            f"{problems} {'check' if problems == 1 else 'checks'} of {environment.name} found a problem"
        )


if __name__ == "__main__":
    run(main)
