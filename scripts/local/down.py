"""`make down`: stop the local system and keep its data. `make clean` adds `--forget`, which deletes the data too."""

import argparse
import os
import shutil

from scripts.console import detail, step
from scripts.errors import run
from scripts.local_stack import definitions, services, settings
from scripts.local_stack.lock import exclusive

OWN = (
    *("aws", "auth0", "logs", "terraform"),
    *("*.json", "*.tfrc", "*.tfstate*", "*.tfplan", "local.sha256", "lock"),
)


def main() -> None:
    """Stop both services; with `--forget`, remove their folder too."""
    parser = argparse.ArgumentParser(prog="down", description=__doc__)
    parser.add_argument("--forget", action="store_true", help="remove the local system's folder, its data and its logs")
    forget = parser.parse_args().forget
    chosen = settings.from_environment(os.environ)
    if not chosen.directory.exists() and not any(map(services.running, definitions.services(chosen))):
        detail("nothing has been started here")
        return
    with exclusive(chosen):
        step("Stopping the local system")
        for service in reversed(definitions.services(chosen)):
            detail(f"{service.name}: {'stopped' if services.stop(service) else 'was not running'}")
        if forget:
            _remove(chosen)


def _remove(chosen: settings.Settings) -> None:
    """Remove the local system's files, then its folder if it is empty: it may hold other files."""
    for pattern in OWN:
        for path in chosen.directory.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    if not any(chosen.directory.iterdir()):
        chosen.directory.rmdir()
    detail(f"deleted the data and logs in {os.path.relpath(chosen.directory)}")


if __name__ == "__main__":
    run(main)
