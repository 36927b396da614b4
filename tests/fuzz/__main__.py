"""`make fuzz`: compare the running local system's APIs with their OpenAPI documents, by generated requests.

    make up && make fuzz          a minute for each API and caller
    make fuzz SECONDS=600

Schemathesis makes good and bad requests from each document, and sends them as a visitor of each connection and without
a token. No answer may be a 5xx, and the document has to declare the status, type and body of every answer. `make test`
fuzzes tokens and events (test_properties_tokens.py), paths and policies (test_properties_policy.py), requests to the
local tenant (test_any_request.py), CloudFront's functions (test_viewer_request_functions.py) and data files;
`make test-unit EXAMPLES=5000` does so for a night.
"""

import os
import subprocess
import sys

from scripts import child_environment, command_line
from scripts.build.data_files import load_access, load_apis
from scripts.console import detail, step
from scripts.errors import OperationError, UserError, run
from scripts.local_stack import definitions, services, settings
from scripts.local_stack.settings import Settings
from scripts.tools import ROOT

SCHEMATHESIS = ROOT / ".tools" / "drills" / "bin" / "schemathesis"
_CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"),
    "ignored_auth",
)
_LONGEST_SECONDS = 36_000


def main() -> None:
    """Run Schemathesis for each API and caller; a failure of any ends with exit code 1."""
    parser = command_line.parser("fuzz", __doc__)
    parser.add_argument("--seconds", type=int, default=os.environ.get("SECONDS") or 60, help="as SECONDS=")
    seconds = parser.parse_args().seconds
    if not 1 <= seconds <= _LONGEST_SECONDS:
        raise UserError(f"give 1 to {_LONGEST_SECONDS} SECONDS.")
    chosen = settings.from_environment(os.environ)
    services.require_running(definitions.services(chosen))
    callers = [None, *load_access(ROOT / "auth0" / "access.yaml")["connections"]]
    failed = [
        f"{api} as {caller or 'nobody'}"
        for api in load_apis(ROOT / "functions")
        for caller in callers
        if not _fuzz(chosen, api, caller, seconds)
    ]
    if failed:
        raise OperationError(f"not as the documents say: {', '.join(failed)}; each failure above has its request.")
    step("Every answer was as the documents say")


def _fuzz(chosen: Settings, api: str, caller: str | None, seconds: int) -> bool:
    step(f"The API {api}, asked by {caller or 'nobody'}, for {seconds} s")
    headers = {"Host": chosen.site_host}
    if caller:
        headers["Authorization"] = f"Bearer {_token(caller)}"
    command = [str(SCHEMATHESIS), "run", str(ROOT / "functions" / api / "openapi.yaml")]
    command += ["--url", f"{chosen.aws_url}/api", "--checks", ",".join(_CHECKS), "--max-time", str(seconds)]
    command += ["--phases", "examples,coverage,fuzzing", "--no-color", "--warnings", "off", "--workers", "2"]
    for name, value in headers.items():
        command += ["--header", f"{name}: {value}"]
    answer = subprocess.run(
        command, cwd=ROOT / "build", env=child_environment.for_program(), capture_output=True, text=True, check=False
    )
    if answer.returncode:
        print(answer.stdout + answer.stderr)
    else:
        detail(next((line.strip() for line in answer.stdout.splitlines() if "generated" in line), "no failures"))
    return answer.returncode == 0


def _token(connection: str) -> str:
    answer = subprocess.run(
        [sys.executable, "-m", "scripts.local.access_token"],
        cwd=ROOT,
        env={**os.environ, "CONNECTION": connection},
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise OperationError(f"the local tenant gives no token: {answer.stderr.strip()}")
    return answer.stdout.strip()


if __name__ == "__main__":
    run(main)
