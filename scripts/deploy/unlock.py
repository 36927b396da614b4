"""`make unlock ENV=<environment>`: release the lock that an interrupted apply has left on Terraform's state.

It says who took the lock, when and for what, and asks before it releases it. If somebody is still working, a second
apply would create objects twice and lose one of the two states.
"""

from scripts import confirmation, deployed, environments, tools
from scripts.console import detail, step
from scripts.errors import run
from scripts.state_lock import lock_of


def main() -> None:
    """Describe the lock, ask, and release it."""
    parser = environments.parser("unlock", __doc__)
    confirmation.add_argument(parser)
    arguments = parser.parse_args()
    environment = environments.find_cloud(
        arguments.environment, for_local="`make up` deals with an interrupted apply of the local system by itself."
    )
    tools.require(tools.TERRAFORM)
    deployed.find(environment)  # refuses another account's credentials
    lock = lock_of(environment.backend())
    if lock is None:
        detail(f"the state of {environment.name} is not locked")
        return
    detail(f"{lock.who} has locked the state of {environment.name} since {lock.created}, to {lock.operation}")
    confirmation.require_name(environment.name, arguments.confirm, to="release the lock, if nobody is at work")
    step("Releasing the lock")
    root = environment.root()
    root.unlock(lock.identifier)
    detail(f"released; Terraform's state knows {len(root.addresses())} objects")
    detail(f"`make recover ENV={environment.name}` finds the objects that it lacks, and takes them into the state")


if __name__ == "__main__":
    run(main)
