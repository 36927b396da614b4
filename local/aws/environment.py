"""Settings of the local AWS, as the environment that ministack reads when it is imported."""

import shutil
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from local.start import StartError

LOOPBACK = "127.0.0.1"
_HIGHEST_PORT = 65535


def prepare(environment: MutableMapping[str, str]) -> int:
    """Complete `environment` in place for ministack and return the port (TCP, on loopback only).

    What ministack's own variables already say stays, except where another value would break the system: it listens on
    loopback only, in us-east-1, and Lambdas call it and nothing else. Raises StartError for a port that is none.
    """
    text = environment.get("GATEWAY_PORT") or environment.get("GATEHOUSE_AWS_PORT") or "4566"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= _HIGHEST_PORT:
        raise StartError(f"GATEHOUSE_AWS_PORT must be a port between 1 and {_HIGHEST_PORT}, not {text!r}")
    folder = Path(environment.get("GATEHOUSE_LOCAL_DIR") or ".local").resolve() / "aws"
    defaults = {
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / "s3"),
        "AUTH": "true",  # IAM is enforced: a role that lacks a permission fails here, not on AWS only
    }
    for name, value in defaults.items():
        environment.setdefault(name, value)
    environment.update(
        {
            "GATEWAY_PORT": text,
            "BIND_HOST": LOOPBACK,  # ministack's default is every address
            "IOT_MTLS_ENABLED": "0",  # else it also opens 8883, on every address, and starts slower
            "SFTP_ENABLED": "0",
            "MINISTACK_REGION": "us-east-1",
            "TMPDIR": str(folder / "tmp"),  # its own, because `empty_temporary_folder` empties it
        }
    )
    environment.pop("AWS_ENDPOINT_URL", None)  # would send the Lambdas' calls elsewhere
    return int(text)


def empty_temporary_folder(environment: Mapping[str, str]) -> None:
    """Remove what earlier runs left: each unpacks every function it runs anew, and a killed one leaves it there.

    Call it when the port is known to be free, so that no other run of this folder is using the files.
    """
    shutil.rmtree(environment["TMPDIR"], ignore_errors=True)
    Path(environment["TMPDIR"]).mkdir(parents=True)
