"""The memory of a container: the peak of resident memory after decisions, and that of the two imports alone."""

import tempfile
from pathlib import Path

from tests.performance import interpreter
from tests.performance.material import Archive, Issuer, bearer
from tests.performance.peers import install_pyjwt
from tests.performance.rounds import Rounds
from tests.performance.table import Row

ROUNDS = 5
DECISIONS = 1_000
DECIDE = f"""
from authorizer.main import handler
for _ in range({DECISIONS}):
    handler(event, None)
"""


def rows(archive: Archive, issuer: Issuer) -> list[Row]:
    """Measure fresh interpreters in turns."""
    event, environment = bearer(issuer.tokens[0]), issuer.settings

    def peak(folder: Path, code: str) -> float:
        return interpreter.run(folder, code, "bytes", event, environment)

    with tempfile.TemporaryDirectory() as name:
        install_pyjwt(Path(name), bytecode=True)
        contestants = {
            "decisions": lambda: peak(archive.folder, DECIDE),
            "imports": lambda: peak(Path(name), "import jwt, cryptography"),
        }
        measured = Rounds(contestants, ROUNDS)
    megabytes = [f"{measured.median(name) / 1e6:.1f} MB" for name in contestants]
    what = f"memory: peak after {DECISIONS} decisions / `import jwt, cryptography`"
    return [Row(what, measured.ratio("decisions", "imports"), "x", bar=1.05, note=" / ".join(megabytes))]
