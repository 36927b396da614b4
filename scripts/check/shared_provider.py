"""Starts the AWS provider once for many runs of Terraform.

Every run of Terraform computes the hash of the provider's 700 MB and starts it several times, and each start builds
the schema of 1,500 resources: half the time of a plan. Terraform does neither if it attaches to a running provider,
which TF_REATTACH_PROVIDERS names
(https://developer.hashicorp.com/terraform/plugin/debugging#terraform-cli-development-overrides). The provider reads
credentials and the endpoint from its own environment, so each local stack needs its own.
"""

import contextlib
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts.errors import OperationError

VARIABLE = "TF_REATTACH_PROVIDERS"
_LAST_WORDS_SECONDS = 30
_LINE = re.compile(rf"\s*{VARIABLE}='(.*)'\s*")


@contextlib.contextmanager
def running(root: Path, data_directory: Path, environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Run the AWS provider until the block ends; yield the variable with which Terraform finds it.

    Args:
        root: the root or module whose Terraform attaches to it; the provider reads files by paths relative to it.
        data_directory: the TF_DATA_DIR of a root or module after `terraform init`.
        environment: all environment variables of the provider's process.

    Raises:
        OperationError: the provider ends without an address.
    """
    (binary,) = data_directory.glob("providers/*/hashicorp/aws/*/*/terraform-provider-aws_*")
    command = [str(binary), "-debug"]
    with subprocess.Popen(
        command, cwd=root, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield {VARIABLE: _address(process)}
        finally:
            process.send_signal(signal.SIGINT)  # the provider then removes its socket
            try:
                process.wait(_LAST_WORDS_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _address(process: subprocess.Popen[str]) -> str:
    for line in process.stdout or ():
        if match := _LINE.fullmatch(line):
            return match[1]
    raise OperationError("the AWS provider ended before it gave its address; `make clean` removes a broken copy of it")
