import io
import json
import os
import socket
import subprocess
import sys
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from scripts.tools import ROOT
from tests.tls import CERTIFICATE_AUTHORITIES

REGION = "us-east-1"

type Document = dict[str, Any]
"""An OpenAPI document."""

type MakeDocument = Callable[..., Document]
"""Makes a document from the members that differ from the usual ones."""

type Deploy = Callable[[Document], str]
"""Takes a document, returns the id of an API that serves it."""

AUTHORIZER = """
import time
import uuid

def handler(event, context):
    word = event["authorizationToken"].removeprefix("Bearer ")
    if word == "unknown":
        raise Exception("Unauthorized")
    if word == "broken":
        raise ValueError("a bug")
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}
    if word == "denied":
        statement["Effect"] = "Deny"
    if word.startswith("until-"):
        statement["Condition"] = {"DateLessThan": {"aws:CurrentTime": word.removeprefix("until-")}}
    return {
        "principalId": "someone",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"needed_scope": "read:Movies"},
    }
"""

ECHO = """
import json

def handler(event, context):
    seen = {key: event[key] for key in ("path", "httpMethod", "headers", "queryStringParameters", "body")}
    authorizer, request_id = (event["requestContext"].get(key) for key in ("authorizer", "requestId"))
    return {"statusCode": 200, "headers": {"content-type": "application/json"},
            "body": json.dumps({**seen, "authorizer": authorizer, "requestId": request_id})}
"""


@dataclass
class LocalAws:
    """A running local AWS with its own state."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)
    _clients: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
            "GATEHOUSE_AWS_PORT": str(self.port),
            "GATEHOUSE_LOCAL_DIR": str(self.folder),
            **self.environment,
        }
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "local.aws"], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        for _ in range(300):
            if self.process.poll() is not None:
                break
            try:
                httpx.get(f"{self.url}/_ministack/health", timeout=60, verify=CERTIFICATE_AUTHORITIES)
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError((self.folder / "log").read_text())

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def stop(self) -> int:
        """Send SIGTERM, and return the exit code."""
        if self.process is None:
            return 0
        self.process.terminate()
        return self.process.wait(300)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(300)

    def client(self, service: str) -> Any:
        """Return boto3's client, cached for all calls because it takes 100 ms to make."""
        if service not in self._clients:
            self._clients[service] = boto3.client(
                service,
                endpoint_url=self.url,
                region_name=REGION,
                aws_access_key_id="test",
                aws_secret_access_key="test",
            )
        return self._clients[service]

    def request(self, method: str, host: str, path: str, **options: Any) -> httpx.Response:
        """Send a request with a Host header, because names under localhost do not resolve everywhere."""
        headers = {"host": f"{host}:{self.port}", **options.pop("headers", {})}
        return httpx.request(
            method, self.url + path, headers=headers, timeout=30, verify=CERTIFICATE_AUTHORITIES, **options
        )

    def call_api(self, api_id: str, path: str, method: str = "GET", **options: Any) -> httpx.Response:
        return self.request(method, f"{api_id}.execute-api.localhost", f"/live{path}", **options)

    @cached_property
    def role_arn(self) -> str:
        """A role that Lambda may assume, without permissions."""
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        role = self.client("iam").create_role(RoleName="function", AssumeRolePolicyDocument=policy)["Role"]
        return str(role["Arn"])

    def create_function(self, name: str, source: str, *, open_to_apis: bool = True) -> str:
        """Create a Lambda function, which every REST API or none may invoke, and return its ARN."""
        created = self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=self.role_arn,
            Handler="main.handler",
            Code={"ZipFile": archive(source)},
        )
        if open_to_apis:
            self.client("lambda").add_permission(
                FunctionName=name,
                StatementId="apis",
                Action="lambda:InvokeFunction",
                Principal="apigateway.amazonaws.com",
            )
        return str(created["FunctionArn"])


def archive(source: str) -> bytes:
    """Return a zip with the source as its `main.py`."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        opened.writestr("main.py", source)
    return made.getvalue()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def unstarted(tmp_path: Path) -> Iterator[LocalAws]:
    """The test's own local AWS, not started."""
    own = LocalAws(tmp_path, free_port())
    yield own
    own.stop()


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """One local AWS for all tests; each creates what it needs under its own names."""
    running = LocalAws(tmp_path_factory.mktemp("aws"), free_port())
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def echo_arn(aws: LocalAws) -> str:
    """A function that answers with its event."""
    return aws.create_function("echo", ECHO)


@pytest.fixture(scope="session")
def authorizer_arn(aws: LocalAws) -> str:
    """A TOKEN authorizer; the word instead of the token chooses its answer."""
    return aws.create_function("authorizer", AUTHORIZER)


def invocation_uri(function_arn: str) -> str:
    return f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function_arn}/invocations"


@pytest.fixture(scope="session")
def document(echo_arn: str, authorizer_arn: str) -> MakeDocument:
    """Return a function that makes an OpenAPI document with a guarded and an open path, as module rest_api sends it."""

    def make(**extra: Any) -> Document:
        integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": invocation_uri(echo_arn)}
        body = {
            "type": "object",
            "required": ["title"],
            "properties": {"title": {"$ref": "#/components/schemas/Title"}},
        }
        error = '{"error": "%s", "message": $context.error.messageString, "request_id": "$context.requestId"%s}'
        needed = ', "scope": "$context.authorizer.needed_scope"'
        challenge = "gatewayresponse.header.WWW-Authenticate"
        return {
            "openapi": "3.0.1",
            "info": {"title": "Movies", "version": "1"},
            "x-amazon-apigateway-request-validators": {"body": {"validateRequestBody": True}},
            "x-amazon-apigateway-request-validator": "body",
            "x-amazon-apigateway-gateway-responses": {
                "UNAUTHORIZED": {
                    "statusCode": "401",
                    "responseParameters": {challenge: "'Bearer error=\"invalid_token\"'"},
                    "responseTemplates": {"application/json": error % ("invalid_token", "")},
                },
                "ACCESS_DENIED": {
                    "statusCode": "403",
                    "responseParameters": {challenge: "context.authorizer.needed_scope"},
                    "responseTemplates": {"application/json": error % ("insufficient_scope", needed)},
                },
            },
            "components": {
                "schemas": {"Movie": body, "Title": {"type": "string"}},
                "securitySchemes": {
                    "auth0": {
                        "type": "apiKey",
                        "name": "Authorization",
                        "in": "header",
                        "x-amazon-apigateway-authtype": "custom",
                        "x-amazon-apigateway-authorizer": {
                            "type": "token",
                            "authorizerUri": invocation_uri(authorizer_arn),
                            "identityValidationExpression": "Bearer .+",
                            "authorizerResultTtlInSeconds": 300,
                        },
                    }
                },
            },
            "paths": {
                "/movies": {
                    "get": {"security": [{"auth0": []}], "x-amazon-apigateway-integration": integration},
                    "post": {
                        "requestBody": {
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Movie"}}}
                        },
                        "x-amazon-apigateway-integration": integration,
                    },
                },
                "/open": {"x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": integration}},
            },
            **extra,
        }

    return make


@pytest.fixture
def deploy(aws: LocalAws) -> Deploy:
    """Return a function that makes a REST API from a document, deployed to stage `live`, and returns its id."""

    def make(document: Document) -> str:
        gateway = aws.client("apigateway")
        api_id = str(gateway.create_rest_api(name="api")["id"])
        gateway.put_rest_api(restApiId=api_id, mode="overwrite", body=json.dumps(document).encode())
        gateway.create_deployment(restApiId=api_id, stageName="live")
        return api_id

    return make


STRIP_API = """
function handler(event) {
  event.request.uri = event.request.uri.replace(/^\\/api/, "");
  return event.request;
}
"""


@dataclass
class Site:
    """A distribution with a bucket and an API as origins, as module site declares it."""

    comment: str
    bucket: str
    distribution_id: str
    label: str
    api_id: str


type MakeSite = Callable[..., Site]
"""Takes the distribution's aliases, and other differences."""


@pytest.fixture(scope="session")
def viewer_function_arn(aws: LocalAws) -> str:
    """A published viewer-request function that removes `/api`."""
    cloudfront = aws.client("cloudfront")
    config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
    made = cloudfront.create_function(Name="strip-api", FunctionConfig=config, FunctionCode=STRIP_API.encode())
    published = cloudfront.publish_function(Name="strip-api", IfMatch=made["ETag"])
    return str(published["FunctionSummary"]["FunctionMetadata"]["FunctionARN"])


@pytest.fixture
def make_site(aws: LocalAws, deploy: Deploy, document: MakeDocument, viewer_function_arn: str) -> MakeSite:
    """Return a function that makes a bucket with an index page, an API, and a distribution, named like the bucket."""

    def make(
        *aliases: str,
        origin_protocol: str = "https-only",
        request_policy: str = "b689b0a8-53d0-40ab-baf2-68738e2966ac",  # AllViewerExceptHostHeader
        signed_for: str | None = None,
        cache_policy: str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",  # CachingDisabled
        compress: bool = False,
        error_seconds: int | None = None,
        viewer_function: str | None = None,
        api_document: Document | None = None,
    ) -> Site:
        name = f"site-{uuid.uuid4().hex[:12]}"
        s3, cloudfront = aws.client("s3"), aws.client("cloudfront")
        s3.create_bucket(Bucket=name)
        s3.put_object(Bucket=name, Key="index.html", Body=b"<h1>Movies</h1>", ContentType="text/html")
        api_id = deploy(api_document or document())
        control = cloudfront.create_origin_access_control(
            OriginAccessControlConfig={
                "Name": name,
                "SigningProtocol": "sigv4",
                "SigningBehavior": "always",
                "OriginAccessControlOriginType": "s3",
            }
        )["OriginAccessControl"]
        api_origin = {
            "Id": "api",
            "DomainName": f"{api_id}.execute-api.{REGION}.amazonaws.com",
            "OriginPath": "/live",
            "CustomOriginConfig": {
                "HTTPPort": 80,
                "HTTPSPort": 443,
                "OriginProtocolPolicy": origin_protocol,
                "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
            },
        }
        bucket_origin = {
            "Id": "bucket",
            "DomainName": f"{name}.s3.{REGION}.amazonaws.com",
            "OriginAccessControlId": control["Id"],
            "S3OriginConfig": {"OriginAccessIdentity": ""},
        }
        methods = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
        behaviour = {"ViewerProtocolPolicy": "redirect-to-https", "CachePolicyId": cache_policy, "Compress": compress}
        api_behaviour = {
            **behaviour,
            "PathPattern": "/api/*",
            "TargetOriginId": "api",
            "OriginRequestPolicyId": request_policy,
            "AllowedMethods": {
                "Quantity": len(methods),
                "Items": methods,
                "CachedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]},
            },
            "FunctionAssociations": {
                "Quantity": 1,
                "Items": [{"FunctionARN": viewer_function or viewer_function_arn, "EventType": "viewer-request"}],
            },
        }
        errors = [] if error_seconds is None else [404, 500]
        made = cloudfront.create_distribution(
            DistributionConfig={
                "CallerReference": name,
                "Comment": name,
                "Enabled": True,
                "DefaultRootObject": "index.html",
                "Aliases": {"Quantity": len(aliases), "Items": list(aliases)},
                "Origins": {"Quantity": 2, "Items": [bucket_origin, api_origin]},
                "DefaultCacheBehavior": {**behaviour, "TargetOriginId": "bucket"},
                "CacheBehaviors": {"Quantity": 1, "Items": [api_behaviour]},
                "CustomErrorResponses": {
                    "Quantity": len(errors),
                    "Items": [{"ErrorCode": code, "ErrorCachingMinTTL": error_seconds} for code in errors],
                },
            }
        )["Distribution"]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{name}/*",
            "Condition": {"StringEquals": {"AWS:SourceArn": signed_for or made["ARN"]}},
        }
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        return Site(name, name, made["Id"], made["DomainName"].split(".")[0], api_id)

    return make
