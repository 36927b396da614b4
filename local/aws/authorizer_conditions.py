"""API Gateway evaluates the `Condition` of each statement in a Lambda authorizer's policy.

ministack ignores it: an Allow that ends with the token (`DateLessThan` on `aws:CurrentTime`) would stay valid in the
authorizer's cache. The operators are those of ministack's own IAM.
"""

from collections.abc import Callable

from ministack.core import iam_evaluator
from ministack.services import apigateway_v1 as v1

from local.aws.private_names import require, wrap


def evaluate_policy(original: Callable[..., str], policy: object, method_arn: str) -> str:
    """Return "Allow", "Deny" or "NoMatch", from the statements whose conditions hold now."""
    if not isinstance(policy, dict):
        return original(policy, method_arn)
    statements = policy.get("Statement") or []
    statements = [statements] if isinstance(statements, dict) else statements
    region = method_arn.split(":")[3]
    caller = iam_evaluator.EvalContext("*", "Anonymous", "", "execute-api:Invoke", method_arn, region)
    holding = [
        statement
        for statement in statements
        if not isinstance(statement, dict) or iam_evaluator._conditions_met(statement.get("Condition") or {}, caller)
    ]
    return original({**policy, "Statement": holding}, method_arn)


def install() -> None:
    """Evaluate conditions before ministack evaluates the policy."""
    require(iam_evaluator, "EvalContext", "_conditions_met")
    wrap(v1, "_evaluate_policy", evaluate_policy)
