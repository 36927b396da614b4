"""Rules about a plan. Each yields a violation for every resource that would break it after the apply.

A rule judges what the plan knows. If a value is known only after the apply, such as a policy with the identifier of a
new resource, the rule lists the resource as not judged.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.review.acceptance import accept
from scripts.review.plan.changes import Change, Plan
from scripts.review.plan.meaning import HOLDS_DATA, lost

type Public = frozenset[tuple[str, str]]
"""The public operations that the documents declare, by method and path."""


@dataclass(frozen=True)
class Finding:
    """A resource that breaks a rule, or that the rule cannot judge, with the reason in a sentence without secrets."""

    rule: str
    address: str
    sentence: str
    is_violation: bool = True

    @property
    def acceptance(self) -> str:
        """The line that accepts exactly this violation."""
        return accept(f"{self.rule} {self.address}")


type Rule = Callable[[Plan, Public], Iterator[tuple[Change, str | None]]]
"""Yields resources, each with the sentence of its violation; None if the rule cannot judge it."""


def judge(plan: Plan, public: Public) -> list[Finding]:
    """Return the findings of all rules: violations first, then by rule and address."""
    found = [
        Finding(name, change.address, sentence or "known after apply", is_violation=sentence is not None)
        for name, rule in RULES.items()
        for change, sentence in rule(plan, public)
    ]
    return sorted(found, key=lambda each: (not each.is_violation, each.rule, each.address))


def no_wildcard_principal(plan: Plan, _: Public) -> Iterator[tuple[Change, str | None]]:
    """No resource policy, and no role's trust policy, allows everybody."""
    for change in plan.of_type("aws_lambda_permission"):
        if change.after.get("principal") == "*":
            yield change, "its principal is *, which is everybody"
    for change in plan.of_type(*_POLICIES):
        name = _POLICIES[change.type]
        if not change.is_known(name):
            yield change, None
        elif any(map(_allows_everybody, _statements(change.after.get(name)))):
            yield change, f"a statement of its {name} allows the principal *, which is everybody"
    for change in plan.of_type("aws_api_gateway_rest_api"):
        policy = _body(change).get("x-amazon-apigateway-policy")
        if any(map(_allows_everybody, _statements(policy))):
            yield change, "a statement of the policy in its body allows the principal *, which is everybody"


def no_undeclared_public_operation(plan: Plan, public: Public) -> Iterator[tuple[Change, str | None]]:
    """Every operation of an API has the authorizer, except those that its document declares as public."""
    for change in plan.of_type("aws_api_gateway_rest_api"):
        if not change.is_known("body"):
            yield change, None
            continue
        for path, methods in _body(change).get("paths", {}).items():
            for method, operation in methods.items():
                key = method.upper(), path
                if method in _METHODS and not operation.get("security") and key not in public:
                    yield change, f"{key[0]} {path} would have no authorizer, and its document does not say that"


def every_permission_has_a_source(plan: Plan, _: Public) -> Iterator[tuple[Change, str | None]]:
    """A service may invoke a function from one source only; without that, any resource of the service could."""
    for change in plan.of_type("aws_lambda_permission"):
        if change.is_known("source_arn") and not change.after.get("source_arn"):
            yield change, f"{change.after.get('principal')} may invoke the function for anybody: add source_arn"


def every_bucket_is_closed(plan: Plan, _: Public) -> Iterator[tuple[Change, str | None]]:
    """Each bucket has its public access block, with all four switches on."""
    blocks = [*plan.of_type("aws_s3_bucket_public_access_block")]
    for change in plan.of_type("aws_s3_bucket"):
        own = [each for each in blocks if _is_of_bucket(each, change)]
        if not own:
            yield change, "it has no aws_s3_bucket_public_access_block"
        for block in own:
            off = [name for name in _SWITCHES if block.is_known(name) and block.after.get(name) is not True]
            if off:
                yield block, f"it leaves {', '.join(off)} off"


def every_log_group_has_retention(plan: Plan, _: Public) -> Iterator[tuple[Change, str | None]]:
    """No log is kept forever."""
    for change in plan.of_type("aws_cloudwatch_log_group"):
        if not change.is_known("retention_in_days"):
            yield change, None
        elif not change.after.get("retention_in_days"):
            yield change, "it keeps its lines for ever: set retention_in_days"


def no_secret_in_clear(plan: Plan, _: Public) -> Iterator[tuple[Change, str | None]]:
    """No attribute that Terraform prints holds a sensitive value, a private key, or anything called a secret.

    Except terraform_data: its attributes are only in the state, which is private.
    """
    for change in plan.changes:
        if change.type == "terraform_data" or change.action == "no-op":
            continue
        for path, value in change.clear:
            if not isinstance(value, str):
                continue
            if value in plan.secrets or "PRIVATE KEY-----" in value:
                yield change, f"{path} shows a value that is sensitive elsewhere"
            elif value and _SECRET_NAME.search(path.split(".")[-1]) and not value.startswith("arn:"):
                yield change, f"{path} is called a secret, and Terraform prints its value: mark it as sensitive"


def no_protection_is_lost(plan: Plan, _: Public) -> Iterator[tuple[Change, str | None]]:
    """A table that production protects is kept, with its protection."""
    for change in plan.changes:
        if change.type != "aws_dynamodb_table" or not change.before.get("deletion_protection_enabled"):
            continue
        if change.destroys:
            yield change, f"it is protected from deletion, and the plan deletes it: {lost(change)}"
        elif change.after.get("deletion_protection_enabled") is False:
            yield change, "its protection from deletion is switched off"
        elif _is_recoverable(change.before) and not _is_recoverable(change.after):
            yield change, "its point-in-time recovery is switched off"


def no_data_is_lost(plan: Plan, _: Public) -> Iterator[tuple[Change, str | None]]:
    """The plan destroys nothing that an apply cannot create again."""
    for change in plan.changes:
        if change.destroys and change.type in HOLDS_DATA:
            yield change, f"destroyed{' and created again' if change.action == 'replace' else ''}: {lost(change)}"


def no_trust_changes_unseen(plan: Plan, _: Public) -> Iterator[tuple[Change, str | None]]:
    """A person reads each change of who may assume a role, and of a secret."""
    for change in plan.changes:
        if change.action != "update":
            continue
        changed = {each.path.split(".")[0] for each in change.attributes}
        if change.type == "aws_iam_role" and "assume_role_policy" in changed:
            yield change, "its trust policy changes: who may become this role"
        if change.type == "aws_ssm_parameter" and {"value", "value_wo_version", "version"} & changed:
            yield change, "the secret in it changes"


RULES: Mapping[str, Rule] = {
    "wildcard-principal": no_wildcard_principal,
    "public-operation": no_undeclared_public_operation,
    "permission-without-source": every_permission_has_a_source,
    "open-bucket": every_bucket_is_closed,
    "log-without-retention": every_log_group_has_retention,
    "secret-in-clear": no_secret_in_clear,
    "protection-lost": no_protection_is_lost,
    "data-lost": no_data_is_lost,
    "trust-changed": no_trust_changes_unseen,
}

_POLICIES = {
    "aws_iam_role": "assume_role_policy",
    "aws_s3_bucket_policy": "policy",
    "aws_lambda_layer_version_permission": "policy",
    "aws_sns_topic_policy": "policy",
    "aws_sqs_queue_policy": "policy",
    "aws_secretsmanager_secret_policy": "policy",
    "aws_dynamodb_resource_policy": "policy",
    "aws_kms_key": "policy",
}
_METHODS = frozenset(
    {"get", "put", "post", "delete", "options", "head", "patch", "trace", "x-amazon-apigateway-any-method"}
)
_SWITCHES = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_SECRET_NAME = re.compile(r"(?i)(^|_)(secret|password|private_key|client_secret|api_key|access_key)$")


def _body(change: Change) -> Mapping[str, Any]:
    body: Mapping[str, Any] = json.loads(change.after.get("body") or "{}")
    return body


def _statements(policy: object) -> list[Mapping[str, Any]]:
    document = json.loads(policy) if isinstance(policy, str) and policy else policy
    if not isinstance(document, Mapping):
        return []
    statements = document.get("Statement", [])
    return statements if isinstance(statements, list) else [statements]


def _allows_everybody(statement: Mapping[str, Any]) -> bool:
    if statement.get("Effect") != "Allow":
        return False
    principal = statement.get("Principal")
    named = [*principal.values()] if isinstance(principal, Mapping) else [principal]
    each = [one for value in named for one in (value if isinstance(value, list) else [value])]
    return "*" in each or "NotPrincipal" in statement


def _is_of_bucket(block: Change, bucket: Change) -> bool:
    if not block.is_known("bucket"):
        return block.module == bucket.module
    return block.after.get("bucket") in {bucket.after.get("bucket"), bucket.after.get("id")}


def _is_recoverable(table: Mapping[str, Any]) -> bool:
    return any(each.get("enabled") for each in table.get("point_in_time_recovery") or [])
