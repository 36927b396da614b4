"""The modules that the entry point does not load. Each test has its own process, so that its imports come first."""

import subprocess
import sys

import pytest

from scripts.tools import ROOT

pytestmark = pytest.mark.process
ARRANGE = """
import sys
from authorizer.deferred import NOT_NEEDED_TO_VERIFY, deferred
with deferred(*NOT_NEEDED_TO_VERIFY):
    import jwt
    from jwt.algorithms import HMACAlgorithm, RSAAlgorithm
    from jwt.exceptions import InvalidKeyError
"""
KEY = """
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
key = generate_private_key(65537, 2048)
"""


def run(code: str) -> str:
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT / "functions", capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == ""
    return done.stdout.strip()


def test_pyjwt_s_algorithms_are_loaded_without_network_and_certificates() -> None:
    loaded = run(ARRANGE + "print(*sys.modules)").split()
    assert "jwt.algorithms" in loaded
    unwanted = ("socket", "ssl", "http.client", "urllib", "cryptography.x509", "dataclasses", "calendar", "hashlib")
    assert [name for name in loaded if name.startswith(unwanted)] == []


@pytest.mark.parametrize(
    "module", ["jwt.jwks_client", "jwt.api_jwt", "cryptography.x509", "cryptography.hazmat.primitives.serialization"]
)
def test_afterwards_an_import_gets_the_module_itself(module: str) -> None:
    assert run(ARRANGE + f"import {module}; print('{module}' in sys.modules, {module}.__file__)").startswith("True /")


def test_the_rest_of_pyjwt_is_there_when_it_is_used() -> None:
    use = "print(jwt.decode(jwt.encode({'a': 1}, 'x' * 32), 'x' * 32, ['HS256']), jwt.PyJWKClient('https://x').uri)"
    assert run(ARRANGE + use) == "{'a': 1} https://x"


def test_hs256_signs_and_verifies_as_ever() -> None:
    use = """
algorithm = HMACAlgorithm(HMACAlgorithm.SHA256)
secret = algorithm.prepare_key(b"k" * 32)
signature = algorithm.sign(b"signed", secret)
import hmac
print(signature == hmac.digest(secret, b"signed", "sha256"), algorithm.verify(b"signed", secret, signature),
      algorithm.verify(b"other", secret, signature), algorithm.verify(b"signed", secret, bytes(32)))
"""
    assert run(ARRANGE + use) == "True True False False"


def test_a_first_use_within_the_block_gets_the_module_itself() -> None:
    use = "with deferred('fractions'):\n    from fractions import Fraction\n    print(Fraction(1, 2))"
    assert run("from authorizer.deferred import deferred\n" + use) == "1/2"


def test_a_module_that_is_loaded_is_left_alone() -> None:
    use = "with deferred('fractions'):\n    from fractions import Fraction\nprint(Fraction is fractions.Fraction)"
    assert run("import fractions\nfrom authorizer.deferred import deferred\n" + use) == "True"


def test_an_import_that_fails_leaves_no_deferred_module() -> None:
    use = """
import sys
from authorizer.deferred import deferred
try:
    with deferred("fractions"):
        raise ImportError
except ImportError:
    print("fractions" in sys.modules)
"""
    assert run(use) == "False"


@pytest.mark.parametrize(
    "form",
    [
        "key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)",
        "key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)",
        "key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)",
    ],
)
def test_a_public_key_is_no_hmac_secret_though_its_readers_were_deferred(form: str) -> None:
    use = f"""
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
try:
    HMACAlgorithm(HMACAlgorithm.SHA256).prepare_key({form})
except InvalidKeyError:
    print("refused")
"""
    assert run(ARRANGE + KEY + use) == "refused"
