"""`make explain`: explain which routes a token opens in an environment, and why.

    pbpaste | make explain                  the token on standard input, alone or as `Authorization: Bearer ...`
    make explain TOKEN=...                  the same, but it shows the token in the shell's history and process list
    ... | make explain ENV=prod             in a deployed environment

The command decodes the token and judges it with the authorizer's own code and the deployed settings and access model.
The keys come from the deployment; if it lacks the token's key, from the issuer. The token is neither written nor sent
anywhere. Exit code 0 if the token can be read, whatever the verdict; otherwise 2.
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
    """Read the token, fetch the environment's settings and access model, and print the explanation."""
    parser = environments.parser("explain", __doc__, default=environments.LOCAL)
    chosen = parser.parse_args().environment
    token = unverified.read(os.environ.pop("TOKEN", "") or _standard_input())
    target = deployed.find(deployed.chosen(chosen))
    step(f"Fetching the settings and the access model of {target.authorizer}")
    try:
        access_model = deployed_access_model.fetch(target)
    except (BotoCoreError, ClientError) as error:
        raise OperationError(f"AWS does not show the authorizer of {target.name}: {error}.") from error
    os.environ.update(target.environment)  # the authorizer's own code fetches HS256's secret, with its own client
    decided = verdict.decide(access_model.settings, access_model.access_model_text, token)
    for line in report(token, access_model, decided, time.time()):
        print(line)


def _standard_input() -> str:
    if sys.stdin.isatty():
        raise UserError("no token: pipe one in, as in `pbpaste | make explain`, or set TOKEN=... (see --help).")
    return sys.stdin.read()


if __name__ == "__main__":
    run(main)
