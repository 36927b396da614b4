"""Reads a deployed environment: its authorizer, and the AWS account or emulator that holds it."""

import contextlib
import io
import os
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import httpx
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as UnreachableError

from scripts import environments
from scripts.build import subject_hash_key
from scripts.environments import LOCAL, CloudEnvironment, Environment
from scripts.errors import OperationError, UserError
from scripts.local_stack import definitions, services, settings
from scripts.project_name import PROJECT
from scripts.revocation_list import SETTING, Entries, read

if TYPE_CHECKING:
    from types_boto3_apigateway import APIGatewayClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_lambda.type_defs import AliasRoutingConfigurationTypeDef

PLACEHOLDER = "000000000000"
"""The account in the files of a new environment. No account has this number, except an emulated one."""
LIVE = "live"  # the alias that callers invoke (module function)
ALONE: "AliasRoutingConfigurationTypeDef" = {"AdditionalVersionWeights": {}}
"""The `RoutingConfig` of an alias without a second version."""
_HASH_KEY = "SUBJECT_HASH_KEY"
NEWEST = "$LATEST"  # the code and configuration of the next version


class NotDeployedError(OperationError):
    """The environment has no authorizer."""


@dataclass(frozen=True)
class Deployed:
    """One environment in AWS: the clients that reach it, and the names of its parts."""

    name: str  # ${project}-${environment}, the prefix of every name in module stack
    functions: "LambdaClient"
    apis: "APIGatewayClient"
    environment: Mapping[str, str]  # the variables that lead other AWS clients to the same account or emulator

    @property
    def authorizer(self) -> str:
        """The name of the authorizer's function."""
        return f"{self.name}-authorizer"

    def client(self, service: str, config: Config | None = None) -> Any:  # noqa: ANN401 -- boto3 makes its classes
        """Return a client of any AWS service, in the environment's account and region."""
        variables = self.environment
        return boto3.client(
            service,
            region_name=variables["AWS_REGION"],
            endpoint_url=variables.get("AWS_ENDPOINT_URL"),
            aws_access_key_id=variables.get("AWS_ACCESS_KEY_ID"),
            aws_secret_access_key=variables.get("AWS_SECRET_ACCESS_KEY"),
            config=config,
        )

    def api_ids(self) -> dict[str, str]:
        """Return the id of each of the environment's REST APIs, by the API's name in this repository."""
        return {
            api["name"].removeprefix(f"{self.name}-"): api["id"]
            for page in self.apis.get_paginator("get_rest_apis").paginate()
            for api in page["items"]
            if api["name"].startswith(f"{self.name}-")
        }

    def configuration(self, qualifier: str, function: str | None = None) -> Mapping[str, Any]:
        """Return Lambda's description of a function: of the live version (LIVE), or of the newest one (NEWEST).

        `function` is its name, by default the authorizer's.

        Raises:
            NotDeployedError: there is no such function.
            OperationError: the caller may not read its settings.
        """
        name = function or self.authorizer
        try:
            found = self.functions.get_function_configuration(FunctionName=name, Qualifier=qualifier)
        except self.functions.exceptions.ResourceNotFoundException as error:
            raise NotDeployedError(f"{name} does not exist; apply the environment first.") from error
        if "Error" in found.get("Environment", {}):
            raise OperationError(f"Lambda does not show the settings of {name}; may you use its key in KMS?")
        return dict(found)

    def subject_hash_key(self) -> str:
        """Return the key of the hash that replaces `sub` in the log and in the revocation list.

        Raises:
            NotDeployedError: there is no authorizer.
            OperationError: the authorizer has no key, or it cannot be read.
        """
        configuration = self.configuration(LIVE)
        key = configuration.get("Environment", {}).get("Variables", {}).get(_HASH_KEY)
        if key:  # an older deployment, from before the layer
            return str(key)
        arns = [layer["Arn"] for layer in configuration.get("Layers", [])]
        try:
            (arn,) = (arn for arn in arns if f":layer:{self.name}-subject-hash-key:" in arn)
            answer = httpx.get(self.functions.get_layer_version_by_arn(Arn=arn)["Content"]["Location"], timeout=20)
            answer.raise_for_status()
        except ValueError:
            raise OperationError(f"{self.authorizer} has no layer with the pseudonyms' key; apply again.") from None
        except (BotoCoreError, ClientError, httpx.HTTPError) as error:
            why = type(error).__name__
            raise OperationError(
                f"cannot read the key of the pseudonyms ({why}); you need lambda:GetLayerVersion for {arn}."
            ) from error
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            return archive.read(subject_hash_key.FILE).decode()

    def revoked(self, qualifier: str) -> Entries:
        """Return the revocation list of that configuration; raises what `configuration` raises."""
        variables = self.configuration(qualifier).get("Environment", {}).get("Variables", {})
        return read(variables.get(SETTING), time.time())[0]


def chosen(name: str | None) -> Environment:
    """Return the environment called `name`; without a name, the local one.

    Raises:
        UserError: there is no such environment, or the local system does not run.
    """
    runs = services.running(definitions.aws(settings.from_environment(os.environ))) is not None
    return environments.find(name or (LOCAL if runs else None))


@contextlib.contextmanager
def resumable() -> Iterator[None]:
    """Turn a failure of AWS in the block into an OperationError that says to run the verb again."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise OperationError(f"AWS: {error}; run the same command again: it continues where this one ended.") from error


def find(environment: Environment) -> Deployed:
    """Return an environment in AWS, with clients for it.

    Raises:
        UserError: the local system does not run, or the credentials are missing or belong to another account.
    """
    if not isinstance(environment, CloudEnvironment):
        here = settings.from_environment(os.environ)
        services.require_running([definitions.aws(here)])
        session = boto3.Session("test", "test", region_name=definitions.REGION)
        return Deployed(
            settings.NAME,
            session.client("lambda", endpoint_url=here.aws_url),
            session.client("apigateway", endpoint_url=here.aws_url),
            {**definitions.CREDENTIALS, "AWS_ENDPOINT_URL": here.aws_url},
        )
    region = environment.value("region")
    session = _session(environment, region)
    name = f"{PROJECT}-{environment.value('environment')}"
    variables = {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    return Deployed(name, session.client("lambda"), session.client("apigateway"), variables)


def _session(environment: CloudEnvironment, region: str) -> boto3.Session:
    """Return a session with the shell's credentials; refuse those of another account, as Terraform does."""
    wanted = environment.value("aws_account_id")
    load = f"load credentials of the account {wanted}, which {environment.values_file.name} names."
    try:
        session = boto3.Session(region_name=region)
        account = session.client("sts").get_caller_identity()["Account"]
    except (UnreachableError, HTTPClientError) as error:
        raise OperationError(f"AWS does not answer in {region}: look at the network and the proxy. {error}") from error
    except (BotoCoreError, ClientError) as error:
        raise UserError(f"AWS accepts no credentials ({str(error).rstrip('.')}); {load}") from error
    if account != wanted and wanted == PLACEHOLDER:
        raise UserError(
            f"aws_account_id of {environment.values_file.name} is still the placeholder {PLACEHOLDER}: write the "
            f"number of the environment's account, {account} if these credentials are right."
        )
    if account != wanted:
        raise UserError(f"the credentials are for the account {account}; {load}")
    return session
