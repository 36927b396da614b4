"""`make bootstrap ENV=<environment> [REPOSITORY=<owner>/<name>]`: create what an environment needs for its first plan.

It creates the bucket of Terraform's state (versioned, encrypted, private, TLS only), and API Gateway's role for its
logs. With REPOSITORY it also creates what GitHub's workflows need: GitHub's OpenID Connect provider, a role that plans
and a role that applies, each bound to this repository and one environment on GitHub. If the repository has immutable
subject claims, write REPOSITORY=<owner>@<number>/<name>@<number>. ENV=pull1 serves all previews: they share a bucket,
and one role that deploys, for the environment `previews` on GitHub.

It first says what it would create, then asks (without a terminal: CONFIRM=<the environment's name>). It names every
part that exists but differs, and never changes it; the exit code is then 1. You can run it again at any time.
"""

import os
import re
from collections.abc import Sequence

import boto3

from scripts import confirmation, deployed, environments
from scripts.console import detail, step
from scripts.deploy.bootstrap.bucket import StateBucket
from scripts.deploy.bootstrap.logging_role import LoggingRole
from scripts.deploy.bootstrap.piece import Piece
from scripts.deploy.bootstrap.pipeline_roles import IdentityProvider, PipelineRole
from scripts.environments import CloudEnvironment, PreviewEnvironment
from scripts.errors import OperationError, UserError, run

_REPOSITORY = re.compile(r"[\w.-]+(@\d+)?/[\w.-]+(@\d+)?")


def main() -> None:
    """Look at the account, report, ask, and create the missing parts."""
    parser = environments.parser("bootstrap", __doc__)
    parser.add_argument(
        "--repository", default=os.environ.get("REPOSITORY", ""), help="<owner>/<name> on GitHub; default: REPOSITORY"
    )
    confirmation.add_argument(parser)
    arguments = parser.parse_args()
    if arguments.repository and not _REPOSITORY.fullmatch(arguments.repository):
        raise UserError(f"REPOSITORY is {arguments.repository}; write <owner>/<name>, as GitHub spells it.")
    environment = environments.find_cloud(arguments.environment, for_local="the local system needs no bootstrap.")
    verbs = ["plan", "apply"]
    if isinstance(environment, PreviewEnvironment):
        environment, verbs = environments.all_previews(), ["apply"]
    deployed.find(environment)  # refuses another account's credentials
    step(f"Looking at the account {environment.value('aws_account_id')}")
    found = [(piece, piece.look()) for piece in pieces(environment, arguments.repository, verbs)]
    for piece, state in found:
        detail(f"{state.word:8} {piece.title}{f': {state.difference}' if state.difference else ''}")
    missing = [piece for piece, state in found if state.is_missing]
    if missing:
        confirmation.require_name(environment.name_on_github, arguments.confirm, to="create the missing parts")
    for piece in missing:
        step(f"Creating {piece.title}")
        piece.make()
    for piece, _ in found:
        if note := piece.note():
            detail(note)
    differing = [piece.title for piece, state in found if state.difference]
    if differing:
        raise OperationError(
            f"left unchanged, although they differ: {'; '.join(differing)}. Correct or remove them, and run again."
        )


def pieces(environment: CloudEnvironment, repository: str, verbs: Sequence[str] = ("plan", "apply")) -> list[Piece]:
    """Return the parts that the environment needs, in order of creation, with a role for each of `verbs`."""
    session = boto3.Session(region_name=environment.value("region"))
    made: list[Piece] = [StateBucket(session, environment.backend()), LoggingRole(session)]
    if repository:
        provider = IdentityProvider(session, environment.value("aws_account_id"))
        made += [
            provider,
            *(PipelineRole(session, environment, repository, provider, verb) for verb in verbs),
        ]
    return made


if __name__ == "__main__":
    run(main)
