"""`make faults`: cause the faults of docs/faults.md on this machine, and print each promise with what happened.

It runs the tests that the document names, which takes half an hour and more; KILLS=1 omits most of that. It prints each
test as it ends. Exit code 1 if one did not pass; the last lines name it, and say why.
"""

from collections.abc import Iterable, Iterator

from scripts import command_line
from scripts.console import detail, step
from scripts.errors import OperationError, run
from scripts.review.claims import FAULTS, Claim, claims
from scripts.review.proofs import PASSED, Results, is_shown, of, run_proofs


def main() -> None:
    """Run the tests, and print each fault with its promise."""
    command_line.parser("faults", __doc__).parse_args()
    listed = claims(FAULTS)
    step(f"Causing {len(listed)} faults (half an hour, most of it for the kills of Terraform)")
    results = run_proofs(listed, "faults")
    print("\n".join(report(listed, results)))
    broken = [claim for claim in listed if not is_shown(claim, results)]
    if not broken:
        step(f"All {len(listed)} promises were kept")
        return
    step("Tests that did not pass, with their reasons")
    for proof in sorted({proof for claim in broken for proof in claim.proofs if of(results, proof).outcome != PASSED}):
        detail(f"{of(results, proof).outcome}  {proof}: {of(results, proof).reason}")
    raise OperationError(
        f"{len(broken)} of {len(listed)} promises were broken or not tested: the lines above name their tests, and "
        "build/tests/faults.txt has the reports."
    )


def report(listed: Iterable[Claim], results: Results) -> Iterator[str]:
    """Yield the lines of the report: each fault, its promise, and the result of each test."""
    for claim in listed:
        yield ""
        yield f"{'kept    ' if is_shown(claim, results) else 'NOT KEPT'}  {claim.subject}"
        yield f"          {claim.promise}"
        for proof in claim.proofs:
            yield f"            {of(results, proof).outcome:7}  {proof}"
    yield ""


if __name__ == "__main__":
    run(main)
