"""The AWS provider that many runs of Terraform share."""

import sys
from pathlib import Path

import pytest

from scripts.check import shared_provider
from scripts.errors import OperationError

pytestmark = pytest.mark.process


def provider(folder: Path, *lines: str, interpreter: str = "/bin/sh") -> Path:
    """Write a provider that prints some lines and then waits, into a data directory like that of `terraform init`."""
    place = folder / "providers/registry.example/hashicorp/aws/5.100.0/linux_amd64"
    place.mkdir(parents=True)
    binary = place / "terraform-provider-aws_v5.100.0_x5"
    binary.write_text(f"#!{interpreter}\n" + "\n".join(lines) + "\n", encoding="utf-8")
    binary.chmod(0o755)
    return folder


SAYS = """
import signal, sys
signal.signal(signal.SIGINT, lambda *_: (open(sys.argv[0] + ".ended", "w").close(), sys.exit()))
print("Provider started.\\n\\n\\tTF_REATTACH_PROVIDERS='{\\"aws\\":1}'\\n", flush=True)
signal.pause()
"""


def test_terraform_finds_it_by_the_address_that_it_prints_and_it_ends_with_the_block(tmp_path: Path) -> None:
    # Not a shell: if it is started with SIGINT ignored, as in a background job, it cannot undo that. Go and Python can.
    data = provider(tmp_path, SAYS, interpreter=sys.executable)
    with shared_provider.running(tmp_path, data, {"PATH": "/usr/bin:/bin"}) as variable:
        assert variable == {"TF_REATTACH_PROVIDERS": '{"aws":1}'}
        assert not [*data.rglob("*.ended")]
    assert [*data.rglob("*.ended")]


def test_one_that_does_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_provider, "_LAST_WORDS_SECONDS", 0.1)
    data = provider(tmp_path, SAYS.replace("sys.exit()", "signal.pause()"), interpreter=sys.executable)
    with shared_provider.running(tmp_path, data, {}):
        pass


def test_one_that_does_not_start_is_a_sentence(tmp_path: Path) -> None:
    data = provider(tmp_path, "exit 1")
    running = shared_provider.running(tmp_path, data, {"PATH": "/usr/bin:/bin"})
    with pytest.raises(OperationError, match="ended before it gave its address"), running:
        pass
