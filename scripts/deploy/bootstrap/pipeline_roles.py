"""The AWS side of GitHub's workflows: GitHub's OpenID Connect provider, and the roles that trust it.

https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
"""

import json
from pathlib import Path
from string import Template
from typing import Any

import boto3

from scripts.deploy.bootstrap.piece import MISSING, PRESENT, TAGS, Piece, State, ask, same_document
from scripts.environments import CloudEnvironment
from scripts.project_name import PROJECT

HOST = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
POLICIES = Path(__file__).parent / "policies"
_POLICY = "terraform"  # the name of the inline policy


class IdentityProvider(Piece):
    """GitHub's provider: one for each account, possibly shared with other projects. AWS needs no thumbprint for it."""

    title = f"the OpenID Connect provider {HOST}"

    def __init__(self, session: boto3.Session, account: str) -> None:
        self._iam: Any = session.client("iam")
        self.arn = f"arn:aws:iam::{account}:oidc-provider/{HOST}"

    def look(self) -> State:
        """Return whether the provider exists and accepts AWS's audience."""
        found = ask(self._iam.get_open_id_connect_provider, OpenIDConnectProviderArn=self.arn)
        if found is None:
            return MISSING
        if AUDIENCE not in found["ClientIDList"]:
            return State(difference=f"it lacks the audience {AUDIENCE}")
        return PRESENT

    def make(self) -> None:
        """Create the provider."""
        ask(self._iam.create_open_id_connect_provider, Url=f"https://{HOST}", ClientIDList=[AUDIENCE], Tags=TAGS)


class PipelineRole(Piece):
    """A role of one environment on GitHub: `plan` reads (<environment>-plan), `apply` deploys (<environment>)."""

    def __init__(
        self,
        session: boto3.Session,
        environment: CloudEnvironment,
        repository: str,
        provider: IdentityProvider,
        verb: str,
    ) -> None:
        self._iam: Any = session.client("iam")
        # The role's name is outside the prefix of the environment's own roles, so the role cannot change itself.
        on_github = environment.name_on_github
        self.name = f"pipeline-{PROJECT}-{on_github}-{verb}"
        self._provider = provider
        self._environment_on_github = on_github if verb == "apply" else f"{on_github}-plan"
        self._subject = f"repo:{repository}:environment:{self._environment_on_github}"
        self._policy = policy(verb, environment)
        self.title = f"the role {self.name}, for {self._subject}"

    def look(self) -> State:
        """Return whether the role exists, trusts that subject alone, and has exactly its policy's permissions."""
        role = ask(self._iam.get_role, RoleName=self.name)
        if role is None:
            return MISSING
        if not same_document(role["Role"]["AssumeRolePolicyDocument"], self.trust):
            return State(difference="its trust policy is another one")
        found = ask(self._iam.get_role_policy, RoleName=self.name, PolicyName=_POLICY)
        if found is None:
            return MISSING  # an earlier run stopped before it set the policy
        if not same_document(found["PolicyDocument"], self._policy):
            renew = f"aws iam delete-role-policy --role-name {self.name} --policy-name {_POLICY}"
            return State(difference=f"its policy is another one; to renew it: `{renew}`, then run again")
        return PRESENT

    def make(self) -> None:
        """Create the role if it is missing, and set its policy."""
        if ask(self._iam.get_role, RoleName=self.name) is None:
            trust = json.dumps(self.trust)
            ask(self._iam.create_role, RoleName=self.name, AssumeRolePolicyDocument=trust, Tags=TAGS)
        text = json.dumps(self._policy, separators=(",", ":"))
        ask(self._iam.put_role_policy, RoleName=self.name, PolicyName=_POLICY, PolicyDocument=text)

    def note(self) -> str:
        """Return the variable that GitHub's environment needs."""
        arn = self._provider.arn.replace(f"oidc-provider/{HOST}", f"role/{self.name}")
        return f"on GitHub, environment {self._environment_on_github}: AWS_ROLE_ARN = {arn}"

    @property
    def trust(self) -> dict[str, Any]:
        """The trust policy: tokens of that subject alone, compared exactly."""
        condition = {"StringEquals": {f"{HOST}:aud": AUDIENCE, f"{HOST}:sub": self._subject}}
        statement = {
            "Effect": "Allow",
            "Principal": {"Federated": self._provider.arn},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": condition,
        }
        return {"Version": "2012-10-17", "Statement": [statement]}


def policy(verb: str, environment: CloudEnvironment) -> dict[str, Any]:
    """Return a role's policy: policies/<verb>.json with the environment's names filled in."""
    backend = environment.backend()
    text = (POLICIES / f"{verb}.json").read_text(encoding="utf-8")
    filled = Template(text).substitute(
        account=environment.value("aws_account_id"),
        region=environment.value("region"),
        name=f"{PROJECT}-{environment.name}",
        bucket=backend["bucket"],
        key=backend["key"],
        key_account=_key_account(environment),
    )
    document: dict[str, Any] = json.loads(filled)
    return document


def _key_account(environment: CloudEnvironment) -> str:
    """Return the account of the key that `kms_key_arn` names; without one, the environment's own."""
    arn = environment.variables.get("kms_key_arn")
    return arn.split(":")[4] if isinstance(arn, str) else environment.value("aws_account_id")
