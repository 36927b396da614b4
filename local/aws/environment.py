"""The settings of the local AWS, as the environment that ministack reads on import."""

import shutil
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from local.start import StartError

LOOPBACK = "127.0.0.1"
_HIGHEST_PORT = 65535


def prepare(environment: MutableMapping[str, str]) -> int:
    """Complete `environment` in place for ministack and return the port (TCP, on loopback only).

    Keeps a ministack variable that is set, unless its value would break the system: ministack must listen on loopback
    only, be in us-east-1, and be the only AWS that Lambdas call. Raises StartError for an invalid port.
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
        "AUTH": "true",  # enforces IAM, so that a role without a permission fails as on AWS
    }
    for name, value in defaults.items():
        environment.setdefault(name, value)
    environment.update(
        {
            "GATEWAY_PORT": text,
            "BIND_HOST": LOOPBACK,  # ministack's default is every address
            "IOT_MTLS_ENABLED": "0",  # otherwise ministack starts slower, and opens port 8883 on every address
            "SFTP_ENABLED": "0",
            "MINISTACK_REGION": "us-east-1",
            "TMPDIR": str(folder / "tmp"),  # only for ministack: `empty_temporary_folder` empties it
        }
    )
    environment.pop("AWS_ENDPOINT_URL", None)  # it would redirect the Lambdas' calls
    return int(text)


def empty_temporary_folder(environment: Mapping[str, str]) -> None:
    """Remove the files of earlier runs: each run unpacks every function again, and a killed run leaves its files.

    Call it once the port is free; then no other run uses this folder.
    """
    shutil.rmtree(environment["TMPDIR"], ignore_errors=True)
    Path(environment["TMPDIR"]).mkdir(parents=True)
