"""`make explain`: explain which routes a token opens in an environment, and why.

    pbpaste | make explain                  the token on standard input, alone or as `Authorization: Bearer ...`
    make explain TOKEN=...                  the same, but it shows the token in the shell's history and process list
    ... | make explain ENV=prod             another environment than the local one

The token is decoded, then judged by the authorizer's own code with the settings and the access model that are deployed.
The keys come from there too, and from the issuer when they do not include the token's. The token is written nowhere and
sent nowhere. Exit code 0 for a token that can be read, whatever the verdict; 2 for none.
"""

import os
import sys
import time

from botocore.exceptions import BotoCoreError, ClientError

from scripts import deployed, environments
from scripts.console import step
from scripts.errors import OperationError, UserError, run
from scripts.operate.explain import deployed_access_model, unverified, verdict
from scripts.operate.explain.report import report


def main() -> None:
    """Read the token, fetch what the environment decides by, and print what follows."""
    parser = environments.parser("explain", __doc__, default=environments.LOCAL)
    chosen = parser.parse_args().environment
    token = unverified.read(os.environ.pop("TOKEN", "") or _standard_input())
    target = deployed.find(deployed.chosen(chosen))
    step(f"Fetching the settings and the access model of {target.authorizer}")
    try:
        access_model = deployed_access_model.fetch(target)
    except (BotoCoreError, ClientError) as error:
        raise OperationError(f"AWS does not show the authorizer of {target.name}: {error}.") from error
    os.environ.update(target.environment)  # HS256's secret is fetched by the authorizer's own code, with its own client
    decided = verdict.decide(access_model.settings, access_model.access_model_text, token)
    for line in report(token, access_model, decided, time.time()):
        print(line)


def _standard_input() -> str:
    if sys.stdin.isatty():
        raise UserError("no token: pipe one in, as in `pbpaste | make explain`, or set TOKEN=... (see --help).")
    return sys.stdin.read()


if __name__ == "__main__":
    run(main)
