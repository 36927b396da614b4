"""The AWS provider that many runs of Terraform share."""

from pathlib import Path

import pytest

from scripts.check import shared_provider
from scripts.errors import OperationError

pytestmark = pytest.mark.process


def provider(folder: Path, *lines: str) -> Path:
    """Write a provider that prints some lines and then waits, into a data directory like that of `terraform init`."""
    place = folder / "providers/registry.example/hashicorp/aws/5.100.0/linux_amd64"
    place.mkdir(parents=True)
    binary = place / "terraform-provider-aws_v5.100.0_x5"
    binary.write_text("#!/bin/sh\n" + "\n".join(lines) + "\n", encoding="utf-8")
    binary.chmod(0o755)
    return folder


def test_terraform_finds_it_by_the_address_that_it_prints_and_it_ends_with_the_block(tmp_path: Path) -> None:
    ended = tmp_path / "ended"
    says = """printf "Provider started.\\n\\n\\tTF_REATTACH_PROVIDERS='{\\"aws\\":1}'\\n\\n" """
    data = provider(tmp_path, f"trap 'touch {ended}; exit' INT", says, "while :; do sleep 0.1; done")
    with shared_provider.running(data, {"PATH": "/usr/bin:/bin"}) as variable:
        assert variable == {"TF_REATTACH_PROVIDERS": '{"aws":1}'}
        assert not ended.exists()
    assert ended.exists()


def test_one_that_does_not_start_is_a_sentence(tmp_path: Path) -> None:
    data = provider(tmp_path, "exit 1")
    running = shared_provider.running(data, {"PATH": "/usr/bin:/bin"})
    with pytest.raises(OperationError, match="ended before it gave its address"), running:
        pass
