"""`python -m tests.performance [part ...]`: the authorizer's speed, size and memory, compared with its peers'.

Every figure except the size is a ratio taken in one run, because figures of two machines, or of two days, do not
compare. Exit code 1 if one exceeds its bar.
"""

import argparse
import platform
import sys
import sysconfig
from collections.abc import Callable

from scripts.console import step
from scripts.errors import UserError, run
from tests.performance import api_cold, cold, memory, refusal, size, warm
from tests.performance.material import Archive, Issuer, audience, built, load_handler
from tests.performance.table import Row, show

PARTS: dict[str, Callable[[Archive, Issuer], list[Row]]] = {
    "warm": lambda archive, issuer: warm.rows(load_handler(archive, issuer), issuer),
    "refusal": lambda archive, issuer: refusal.rows(load_handler(archive, issuer), issuer),
    "cold": cold.rows,
    "size": lambda archive, _: size.rows(archive),
    "memory": memory.rows,
    "api": api_cold.rows,
}


def main() -> None:
    """Measure the named parts, or all of them; print the table; exit with 1 if a bar is exceeded."""
    parser = argparse.ArgumentParser(prog="python -m tests.performance", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; default: all")
    chosen = parser.parse_args().parts or list(PARTS)
    if unknown := [name for name in chosen if name not in PARTS]:
        raise UserError(f"there is no part {unknown[0]!r}; choose from {', '.join(PARTS)}")
    if sys.platform != "linux":
        raise UserError("the authorizer's libraries are built for Lambda's Linux; measure there")
    rows: list[Row] = []
    with built() as archive:
        issuer = Issuer(audience(archive))
        for name in chosen:
            step(f"Measuring {name}")
            rows += PARTS[name](archive, issuer)
    # Peers in C or in Node.js are optimised everywhere; a hand-built Python often is not.
    optimised = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    print(f"CPython {platform.python_version()}, built {'with' if optimised else 'without'} --enable-optimizations")
    show(rows)
    if any(row.over for row in rows):
        sys.exit(1)


if __name__ == "__main__":
    run(main)
