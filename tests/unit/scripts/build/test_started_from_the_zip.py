"""The archives as Lambda starts them: unpacked, in a fresh interpreter that sees nothing else of this checkout."""

import json
import subprocess
import sys
import time
import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

ISSUER, AUDIENCE, KEY_ID = "https://example.eu.auth0.com/", "https://StreamingResourceServer", "one"
SITE_PACKAGES = [path for path in sys.path if path.endswith("site-packages")]
METHOD_ARN = "arn:aws:execute-api:eu-west-1:123456789012:abc123/live/GET/movies"
NETWORK = ("_socket", "_ssl", "socket", "ssl", "urllib", "http.client", "boto3", "botocore", "asyncio")

# Lambda loads its own client before the function, so we cannot save the modules that it loads.
START = """
import sys
sys.path += {runtime!r}
import awslambdaric.bootstrap
sys.path[:] = [{folder!r}, *(path for path in sys.path if path not in {runtime!r})]
before = set(sys.modules)
"""
DECIDE = """
import json
from authorizer.main import handler
answer = handler(json.loads(sys.argv[1]), None)
print(json.dumps({"effect": answer["policyDocument"]["Statement"][0]["Effect"], "scope": answer["context"]["scope"],
                  "loaded": sorted(set(sys.modules) - before)}))
"""


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def settings(key: RSAPrivateKey) -> dict[str, str]:
    """The settings that Terraform gives to the authorizer."""
    jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": KEY_ID, "alg": "RS256", "use": "sig"}
    return {"ISSUERS": ISSUER, "JWKS": json.dumps({"keys": [jwk]}), "SUBJECT_HASH_KEY": "k" * 32}


def event(key: RSAPrivateKey) -> str:
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 60, "azp": "spa", "sub": "amazon|somebody"}
    token = jwt.encode(claims | {"scope": "openid read:Movies"}, key, "RS256", headers={"kid": KEY_ID})
    return json.dumps({"type": "TOKEN", "authorizationToken": f"Bearer {token}", "methodArn": METHOD_ARN})


def start(archive: Path, folder: Path, code: str, *arguments: str, **environment: str) -> dict[str, Any]:
    """Run code after the runtime client, with only the unpacked archive, and return the last printed line."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    begin = START.format(runtime=SITE_PACKAGES, folder=str(folder))
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", begin + code, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stderr == ""
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


@pytest.fixture
def decided(built: Any, tmp_path: Path, key: RSAPrivateKey) -> dict[str, Any]:
    return start(built.archive("authorizer"), tmp_path, DECIDE, event(key), **settings(key))


def test_the_authorizer_decides_with_what_its_zip_holds(decided: dict[str, Any]) -> None:
    assert (decided["effect"], decided["scope"]) == ("Allow", "read:Movies")


def test_the_first_decision_on_a_known_key_loads_nothing_that_reaches_the_network(decided: dict[str, Any]) -> None:
    assert [name for name in decided["loaded"] if name.startswith(NETWORK)] == []


def test_the_first_decision_loads_nothing_of_pyjwt_and_cryptography_that_verifies_nothing(
    decided: dict[str, Any],
) -> None:
    unwanted = ("jwt.jwks_client", "jwt.api_jwt", "cryptography.x509", "cryptography.hazmat.primitives.serialization")
    assert "jwt.algorithms" in decided["loaded"]
    more = ("hashlib", "hmac", "dataclasses", "pathlib")
    assert [name for name in decided["loaded"] if name.startswith((*unwanted, *more))] == []


def test_all_that_is_loaded_of_the_zip_is_loaded_from_bytecode(built: Any, tmp_path: Path, key: RSAPrivateKey) -> None:
    compiles = "import builtins; builtins.compile = sys.exit\n"  # a source without bytecode would call it
    decided = start(built.archive("authorizer"), tmp_path, compiles + DECIDE, event(key), **settings(key))
    assert decided["effect"] == "Allow"


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    """A folder with the one library that an API uses from Lambda's runtime, and with the libraries that it imports."""
    folder = tmp_path / "runtime"
    folder.mkdir()
    for library in ("botocore", "dateutil", "jmespath", "urllib3"):
        (folder / library).symlink_to(Path(str(import_module(library).__file__)).parent)
    (folder / "six.py").symlink_to(str(import_module("six").__file__))
    return folder


@pytest.mark.parametrize("name", ["movies", "devices"])
def test_an_api_answers_from_its_zip_and_lambda_s_botocore_alone(
    built: Any, tmp_path: Path, runtime: Path, name: str
) -> None:
    code = f"""
import json
sys.path.append({str(runtime)!r})
from guard.main import handler
event = {{"httpMethod": "GET", "resource": "/{name}/health", "requestContext": {{"requestId": "1"}}}}
answer = handler(event, None)
print(json.dumps({{"status": answer["statusCode"], "loaded": sorted(sys.modules)}}))
"""
    settings = {"API": name, "TABLE_NAME": name, "AWS_REGION": "eu-west-1"}
    keys = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key"}
    answer = start(built.archive(name), tmp_path / "zip", code, **settings, **keys)
    assert answer["status"] == 200
    unwanted = ("boto3", "aws_lambda", "botocore.client", "botocore.session", "botocore.loaders")
    assert [module for module in answer["loaded"] if module.startswith(unwanted)] == []
