"""aws-jwt-verify in one Node.js process for all rounds; it runs a round on request."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.errors import OperationError
from scripts.tools import NODE, require
from tests.performance.material import ISSUER, Issuer
from tests.performance.rounds import Contestant

_SCRIPT = Path(__file__).with_suffix(".mjs")


@contextmanager
def aws_jwt_verify(issuer: Issuer) -> Iterator[Contestant]:
    """Yield `verifySync` of the issuer's tokens, with cached keys, as a contestant; Node.js measures its time."""
    told = {
        "issuer": ISSUER,
        "audience": issuer.audience,
        "jwks": json.loads(issuer.settings["JWKS"]),
        "tokens": issuer.tokens,
    }
    with subprocess.Popen(
        [require(NODE), _SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def one_round(line: str = "") -> float:
            stdin.write(line + "\n")
            stdin.flush()
            answer = stdout.readline()
            if not answer:
                raise OperationError("node ended; its message is above")
            return float(answer)

        one_round(json.dumps(told))
        yield one_round
        stdin.close()
