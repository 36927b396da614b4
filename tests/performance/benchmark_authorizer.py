"""How long a decision takes, as ratios within one run: figures of two machines, or of two days, do not compare.

Run it: `python tests/performance/benchmark_authorizer.py`. Exit code 1 when a ratio is above its budget.
"""

import base64
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

FUNCTIONS = Path(__file__).parents[2] / "functions"
sys.path.insert(0, str(FUNCTIONS))

from authorizer.claims import Expected  # noqa: E402 - the package stands beside the tests, not in the environment
from authorizer.handler import make_handler  # noqa: E402
from authorizer.jwks import read  # noqa: E402
from authorizer.keys import Keys  # noqa: E402
from authorizer.rules import parse  # noqa: E402
from authorizer.tokens import Rs256, Verifier  # noqa: E402

ISSUER, AUDIENCE = "https://gatehouse.eu.auth0.com/", "https://StreamingResourceServer"
RULES = {
    "audience": AUDIENCE,
    "connections": {"amazon": ["read:Movies"], "google-oauth2": ["read:Devices"]},
    "operations": [
        {"method": "GET", "path": path, "any_of": [[scope]]}
        for api, scope in (("movies", "read:Movies"), ("devices", "read:Devices"))
        for path in (f"/{api}", f"/{api}/{{id}}")
    ],
}
TOKEN_LENGTH = 922  # an access token of Auth0's with two audiences and a handful of scopes
ROUNDS, CALLS = 40, 250
COLD_STARTS = 9
BUDGETS = {"verification": 2.6, "decision": 3.4, "cold import": 1.4}  # x floor, x floor, x `import jwt, cryptography`


def make_token(key: RSAPrivateKey) -> str:
    """Sign a token of TOKEN_LENGTH characters, or one or two more: base64 has lengths that do not occur."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "sub": "amazon|amzn1.account.AF6KQXEXAMPLEEXAMPLEEXAMPLE",
        "aud": [AUDIENCE, f"{ISSUER}userinfo"],
        "iat": now,
        "exp": now + 7200,
        "azp": "0123456789abcdefghijklmnopqrstuv",
    }
    scope = "openid profile read:Movies"
    while True:
        token = jwt.encode(claims | {"scope": scope}, key, "RS256", headers={"kid": "V1StGXR8_Z5jdHi6B-myT"})
        if len(token) >= TOKEN_LENGTH:
            return token
        scope += "x" if len(scope) % 9 else " x"


def key_set(key: RSAPrivateKey) -> bytes:
    """Return the issuer's JWK set with that one key."""
    members = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    public = {name: members[name] for name in ("kty", "n", "e")}
    return json.dumps({"keys": [public | {"kid": "V1StGXR8_Z5jdHi6B-myT", "use": "sig", "alg": "RS256"}]}).encode()


def compare(contestants: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Return the median microseconds of a call, all contestants taking turns so that noise hits them alike."""
    samples: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, call in contestants.items():
            started = time.perf_counter()
            for _ in range(CALLS):
                call()
            samples[name].append((time.perf_counter() - started) / CALLS * 1e6)
    return {name: statistics.median(values) for name, values in samples.items()}


def cold_milliseconds(statement: str) -> float:
    """Return the median time that a fresh interpreter takes for an import, bytecode at hand."""
    code = f"import time; t = time.perf_counter(); {statement}; print((time.perf_counter() - t) * 1e3)"
    runs = (
        subprocess.run([sys.executable, "-c", code], cwd=FUNCTIONS, capture_output=True, text=True, check=True).stdout
        for _ in range(COLD_STARTS)
    )
    return statistics.median(map(float, runs))


def main() -> int:
    """Print the table; return 1 when a budget is exceeded."""
    key = generate_private_key(65537, 2048)
    token, public = make_token(key), key.public_key()
    signed, signature_text = token.rsplit(".", 1)
    signature, message = base64.urlsafe_b64decode(signature_text + "=="), signed.encode()

    def no_network() -> bytes:
        raise OSError("a decision with known keys asked for the network")

    keys = Keys(read(key_set(key)), no_network, time.monotonic)
    verifier = Verifier(Rs256(keys), Expected(ISSUER, AUDIENCE, 5), time.time)

    def write(entry: dict[str, Any]) -> None:
        json.dumps(entry)  # as the entry point does, but for the writing

    handler = make_handler(verifier.verify, parse(json.dumps(RULES)), 5, write, time.monotonic)
    event = {
        "type": "TOKEN",
        "authorizationToken": f"Bearer {token}",
        "methodArn": "arn:aws:execute-api:eu-west-1:123456789012:abc123/live/GET/movies",
    }
    handler(event, None)

    times = compare(
        {
            "floor": lambda: public.verify(signature, message, PKCS1v15(), SHA256()),
            "verification": lambda: verifier.verify(token),
            "decision": lambda: handler(event, None),
            "PyJWT decode": lambda: jwt.decode(token, public, ["RS256"], audience=AUDIENCE, issuer=ISSUER),
        }
    )
    cold = {
        "cold import": cold_milliseconds("import authorizer.configuration"),
        "cold import of PyJWT": cold_milliseconds("import jwt, cryptography"),
    }
    ratios = {name: value / times["floor"] for name, value in times.items()}
    ratios["cold import"] = cold["cold import"] / cold["cold import of PyJWT"]

    print(f"token of {len(token)} characters, RSA of 2048 bits; x floor = RSAPublicKey.verify alone")
    for name, value in times.items():
        print(f"  {name:<14} {value:8.1f} µs  x{ratios[name]:.2f}")
    print("a fresh interpreter; x `import jwt, cryptography`")
    print(f"  {'cold import':<14} {cold['cold import']:8.1f} ms  x{ratios['cold import']:.2f}")
    exceeded = [name for name, budget in BUDGETS.items() if ratios[name] > budget]
    for name in exceeded:
        print(f"over budget: {name} is x{ratios[name]:.2f}, allowed x{BUDGETS[name]}")
    return 1 if exceeded else 0


if __name__ == "__main__":
    sys.exit(main())
