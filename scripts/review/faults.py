"""`make faults`: break the system here on purpose, as docs/faults.md lists it, and print what was promised and seen.

It runs the tests that the document names; that takes some minutes. Exit code 1 when one did not pass.
"""

from scripts import command_line
from scripts.console import step
from scripts.errors import OperationError, run
from scripts.review.claims import FAULTS, claims
from scripts.review.proofs import run_proofs, table


def main() -> None:
    """Run the tests, and print the table."""
    command_line.parser("faults", __doc__).parse_args()
    listed = claims(FAULTS)
    step(f"Causing {len(listed)} faults (some minutes)")
    text, all_passed = table(listed, run_proofs(listed, "faults"), ("fault", "promised"))
    print(text, end="")
    if not all_passed:
        raise OperationError("not every promise was kept, or seen: read the table above.")


if __name__ == "__main__":
    run(main)
