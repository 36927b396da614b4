"""The time of a decision in a running function: from the event to the policy, with the line of the log.

The figure is the median of all rounds. The table also shows the quietest block, from which one sees the machine's
share.
"""

import base64
import os

import jwt
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from tests.performance.aws_jwt_verify import aws_jwt_verify
from tests.performance.material import ISSUER, Handler, Issuer, bearer, logging_to
from tests.performance.rounds import Blocks, Contestant, of_each
from tests.performance.table import Row

ROUNDS, BLOCKS = 100, 60  # a block takes half a second
BUSY = 3.9
"""On a quiet machine, plain PyJWT 2.15 takes up to 3.8 times a bare verification; above that, the machine is busy."""


def bare_verify(issuer: Issuer) -> Contestant:
    """Return the floor: RSAPublicKey.verify alone, of the issuer's tokens."""
    padding, algorithm, verify = PKCS1v15(), SHA256(), issuer.public_key.verify
    parts = [token.rsplit(".", 1) for token in issuer.tokens]
    signed = [(base64.urlsafe_b64decode(signature + "=="), message.encode()) for message, signature in parts]
    return of_each(lambda one: verify(one[0], one[1], padding, algorithm), signed)


def rows(handler: Handler, issuer: Issuer) -> list[Row]:
    """Measure a decision, its floor and its peers."""

    def decode(token: str) -> object:
        return jwt.decode(token, issuer.public_key, ["RS256"], audience=issuer.audience, issuer=ISSUER)

    contestants = {
        "floor": bare_verify(issuer),
        "decision": of_each(handler, [bearer(token) for token in issuer.tokens]),
        "PyJWT": of_each(decode, issuer.tokens),
    }
    with aws_jwt_verify(issuer) as node, logging_to(os.devnull):
        blocks = Blocks(contestants | {"aws-jwt-verify": node}, ROUNDS, BLOCKS)
    measured, quiet = blocks.all, blocks.quietest("PyJWT")
    plain = measured.ratio("PyJWT", "floor")
    remark = "a busy machine: the figures above are too high" if plain >= BUSY else ""
    microseconds = {name: f"{measured.median(name) * 1e6:.0f} µs" for name in ("floor", "decision", "aws-jwt-verify")}

    def note(peer: str) -> str:
        times = f"{microseconds['decision']} / {microseconds[peer]}"
        return f"{times}; quietest half second {quiet.ratio('decision', peer):.2f}"

    return [
        Row(
            "warm: whole handler / bare RSAPublicKey.verify",
            measured.ratio("decision", "floor"),
            "x",
            bar=1.9,
            note=note("floor"),
        ),
        Row(
            "warm: whole handler / aws-jwt-verify's verifySync",
            measured.ratio("decision", "aws-jwt-verify"),
            "x",
            bar=1.2,
            aim=1.0,
            note=note("aws-jwt-verify"),
        ),
        Row("  to compare: plain PyJWT decode / bare verify", plain, "x", note=remark),
        Row("  to compare: aws-jwt-verify / bare verify", measured.ratio("aws-jwt-verify", "floor"), "x"),
    ]
