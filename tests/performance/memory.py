"""What a container needs: the peak of resident memory after decisions, beside that of the two imports alone."""

from tests.performance import interpreter
from tests.performance.material import Archive, Issuer, bearer
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
    """Measure fresh interpreters, by turns."""
    event, environment = bearer(issuer.tokens[0]), issuer.settings

    def peak(code: str) -> float:
        return interpreter.run(archive.folder, code, "bytes", event, environment)

    contestants = {"decisions": lambda: peak(DECIDE), "imports": lambda: peak("import jwt, cryptography")}
    measured = Rounds(contestants, ROUNDS)
    megabytes = [f"{measured.median(name) / 1e6:.1f} MB" for name in contestants]
    what = f"memory: peak after {DECISIONS} decisions / `import jwt, cryptography`"
    return [Row(what, measured.ratio("decisions", "imports"), "x", bar=1.05, note=" / ".join(megabytes))]
