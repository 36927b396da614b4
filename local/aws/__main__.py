"""`python -m local.aws`: run the local AWS in the foreground until SIGTERM or SIGINT.

Settings: GATEHOUSE_AWS_PORT (4566), GATEHOUSE_LOCAL_DIR (.local) and ministack's own variables (`environment.py`).
"""

import os
import socket
import sys

from local.aws import environment
from local.aws.private_names import require_pinned_version
from local.start import StartError, run


def main() -> None:
    """Check the settings and serve; return after SIGTERM or SIGINT, once the state is saved."""
    require_pinned_version()
    port = environment.prepare(os.environ)
    require_free(port)
    environment.empty_temporary_folder(os.environ)
    from local.aws import additions  # importing ministack reads the environment

    additions.install()
    from ministack import app

    sys.argv = ["ministack"]  # ministack parses the command line itself; give it no arguments
    app.main()


def require_free(port: int) -> None:
    """Raise StartError if another program listens on `port` of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a server that just stopped leaves its port free
        try:
            probe.bind((environment.LOOPBACK, port))
        except OSError as error:
            raise StartError(
                f"port {port} is in use ({error.strerror}); stop what listens there or set GATEHOUSE_AWS_PORT"
            ) from error


if __name__ == "__main__":
    run(main)
