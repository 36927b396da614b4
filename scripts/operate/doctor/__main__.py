"""`make doctor ENV=<environment>`: find problems that would make the next plan or apply fail or do harm, and drift.

It prints a line for each check, or with --json (JSON=1) one document. The gravest finding sets the exit code: 0 for
none or a note, 3 for a WARNING (the next apply works), 1 for a PROBLEM (the next apply would fail or do harm). Exit
code 2 is a mistake in the command. It uses the credentials of Terraform and AWS, and changes nothing.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial

from scripts import environments
from scripts.errors import run
from scripts.management_api import ManagementApi, ManagementError
from scripts.operate.doctor import account, connections, drift, look, target, tenant_setup
from scripts.operate.doctor.findings import CannotAskError, Finding, Severity, note, problem
from scripts.operate.doctor.target import Target
from scripts.operate.doctor.tenant import Tenant

type Check = tuple[str, Callable[[], Finding]]
_ORDER = (Severity.OK, Severity.NOTE, Severity.WARNING, Severity.PROBLEM)


def checks(where: Target, tenant: Tenant) -> Iterator[Check]:
    """Yield the checks of a target: each one's name, and the function that returns its finding."""
    of_tenant = {
        "Rules": tenant_setup.rules,
        "Tenant": tenant_setup.identity,
        "Scopes of Terraform's application": tenant_setup.scopes,
        "API": tenant_setup.api,
        "Connections": connections.in_the_way,
        "Keys of the connections": connections.keys,
        "Limits of the tenant's plan": tenant_setup.limits,
        "Look of the sign-in page": look.shared,
        "Runtimes of Actions": tenant_setup.runtimes,
        "Connections of the site": drift.connections,
        "Grants for the API": drift.grants,
        "Order of Actions": drift.actions,
    }
    yield from ((name, partial(check, tenant)) for name, check in of_tenant.items())
    if where.account is None:  # the emulated AWS takes any credentials, and the local tenant makes its own secret
        return
    of_account = {
        "Variables": account.variables,
        "Signing secret": account.signing_secret,
        "AWS credentials": account.credentials,
        "AWS region": account.region,
        "Bucket of the state": account.state_bucket,
        "API Gateway's logging": account.api_gateway_logging,
        "Verification of the account": account.verification,
        "Lambda's concurrency": account.concurrency,
        "Quotas of the account": account.quotas,
    }
    yield from ((name, partial(check, where)) for name, check in of_account.items())


def examine(where: Target) -> Iterator[tuple[str, Finding]]:
    """Yield each check's name and finding; report a cause that prevents several checks in full only once."""
    seen: dict[str, str] = {}
    with ManagementApi(where.tenant_url, where.shell) as api:
        for name, check in checks(where, Tenant(where, api)):
            try:
                finding = check()
            except ManagementError as error:
                finding = problem(error.problem, error.fix)
            except CannotAskError as error:
                # A role that may apply may lack the right to read what a check reads.
                finding = (note if error.forbidden else problem)(str(error), error.fix)
            if finding.fix and (first := seen.setdefault(finding.text, name)) != name:
                finding = note(f"not checked, because of the problem of {first}")
            yield name, finding


def line(name: str, finding: Finding) -> str:
    """Return the line that shows a finding to a person."""
    fix = f". To fix it: {finding.fix}." if finding.fix else ""
    return f"{finding.severity.value:8} {name}: {finding.text}{fix}"


def gravest(findings: list[Finding]) -> Severity:
    """Return the gravest severity of some findings."""
    return max((finding.severity for finding in findings), key=_ORDER.index)


def main() -> None:
    """Examine the environment that the command line names."""
    parser = environments.parser("doctor", __doc__)
    parser.add_argument(
        "--json", action="store_true", default=bool(os.environ.get("JSON")), help="default: JSON is set"
    )
    arguments = parser.parse_args()
    environment = environments.find(arguments.environment)
    found: list[tuple[str, Finding]] = []
    for name, finding in examine(target.of(environment)):
        found.append((name, finding))
        if not arguments.json:
            print(line(name, finding), flush=True)
    worst = gravest([finding for _, finding in found])
    if arguments.json:
        rows = [
            {"check": name, "severity": finding.severity.value.lower(), "text": finding.text, "fix": finding.fix}
            for name, finding in found
        ]
        document = {"environment": environment.name, "severity": worst.value.lower(), "findings": rows}
        print(json.dumps(document, indent=2))
    if worst.exit_code:
        count = sum(finding.severity is worst for _, finding in found)
        print(f"{count} {worst.value} of {environment.name}", file=sys.stderr)
    sys.exit(worst.exit_code)


if __name__ == "__main__":
    run(main)
