import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

Spoil = Callable[[str, str, str], None]
ROOT = Path(__file__).resolve().parents[3]


def rules(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.rules", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_good_files_are_one_line(checkout: Path) -> None:
    answer = rules("--root", str(checkout))
    assert (answer.returncode, answer.stdout) == (0, "access.yaml and 2 APIs: 6 operations, 2 public\n")


def test_a_mistake_ends_with_exit_code_2_and_no_traceback(checkout: Path, spoil: Spoil) -> None:
    spoil("auth0/access.yaml", "audience:", "audeince:")
    answer = rules("--root", str(checkout))
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert 'unknown key "audeince"; did you mean "audience"?' in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_matrix_says_who_can_call_what(checkout: Path) -> None:
    answer = rules("matrix", "--root", str(checkout))
    assert answer.stdout.splitlines()[0] == "| operation | needs | Amazon | Google |"
    assert "| `GET /movies` | `read:Movies` | yes | no |" in answer.stdout
    assert "| `GET /devices` | `read:Devices` | no | yes |" in answer.stdout
    assert "| `GET /movies/health` | nothing: public | yes | yes |" in answer.stdout


def test_the_matrix_shows_machine_clients_beside_the_connections(checkout: Path, spoil: Spoil) -> None:
    spoil(
        "auth0/access.yaml",
        "connections:",
        "machine_clients: { report: { display_name: Nightly report, scopes: [read:Movies] } }\nconnections:",
    )
    answer = rules("matrix", "--root", str(checkout))
    assert answer.stdout.splitlines()[0] == "| operation | needs | Amazon | Google | Nightly report (machine) |"
    assert "| `GET /movies` | `read:Movies` | yes | no | yes |" in answer.stdout
    assert "| `GET /devices` | `read:Devices` | no | yes | no |" in answer.stdout
