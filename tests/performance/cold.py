"""The time of a new container's first decision: import, init and decision, after Lambda's own client."""

import tempfile
from pathlib import Path

from tests.performance import interpreter
from tests.performance.material import Archive, Issuer, bearer
from tests.performance.peers import install_pyjwt
from tests.performance.rounds import Contestant, Rounds
from tests.performance.table import Row

ROUNDS = 25
DECIDE = "from authorizer.main import handler; handler(event, None)"

# An authorizer written as PyJWT's documentation shows.
NAIVE = """
import json, os
import jwt
KEYS = {key.key_id: key.key for key in jwt.PyJWKSet.from_json(os.environ["JWKS"]).keys}
def handler(event, context):
    token = event["authorizationToken"].removeprefix("Bearer ")
    key = KEYS[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, ["RS256"], audience=os.environ["AUDIENCE"], issuer=os.environ["ISSUERS"])
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}
    return {"principalId": claims["sub"], "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
"""


def rows(archive: Archive, issuer: Issuer) -> list[Row]:
    """Measure fresh interpreters in turns."""
    event, environment = bearer(issuer.tokens[0]), issuer.settings | {"AUDIENCE": issuer.audience}

    def start(folder: Path, code: str) -> Contestant:
        return lambda: interpreter.run(folder, code, "seconds", event, environment)

    with tempfile.TemporaryDirectory() as plain, tempfile.TemporaryDirectory() as compiled:
        install_pyjwt(Path(plain), bytecode=False)
        (Path(plain) / "naive.py").write_text(NAIVE, encoding="utf-8")
        install_pyjwt(Path(compiled), bytecode=True)
        contestants = {
            "first decision": start(archive.folder, DECIDE),
            "import jwt": start(Path(compiled), "import jwt"),
            "naive": start(Path(plain), "from naive import handler; handler(event, None)"),
        }
        measured = Rounds(contestants, ROUNDS)
    milliseconds = {name: f"{measured.median(name) * 1e3:.1f} ms" for name in contestants}
    first = milliseconds["first decision"]
    return [
        Row(
            "cold: import, init, first decision / `import jwt` with bytecode",
            measured.ratio("first decision", "import jwt"),
            "x",
            bar=0.6,
            aim=0.35,
            note=f"{first} / {milliseconds['import jwt']}",
        ),
        Row(
            "cold: the same / the naive archive, without bytecode",
            measured.ratio("first decision", "naive"),
            "x",
            bar=0.3,
            note=f"{first} / {milliseconds['naive']}",
        ),
    ]
