"""SSM GetParameter: a parameter that is named by its ARN is authorized as that parameter.

AWS takes "the name or Amazon Resource Name (ARN)" (API Reference, GetParameter). So does ministack when it answers, but
it asks IAM about `...:parameter/arn:aws:ssm:...`, which a role that names its parameter exactly may never read.
"""

from collections.abc import Callable

from ministack.core import iam_actions

from scripts.local_aws.private_names import wrap

_NAMED_BY_ARN = ":parameter/arn:"


def extract_resource_arn(original: Callable[..., str], service: str, *rest: object) -> str:
    """Return the ARN of what a request is about, as IAM's policies write it."""
    arn = original(service, *rest)
    if service == "ssm" and _NAMED_BY_ARN in arn:
        return arn[arn.index(_NAMED_BY_ARN) + len(_NAMED_BY_ARN) - len("arn:") :]
    return arn


def install() -> None:
    """Replace the function that tells IAM what a request is about."""
    wrap(iam_actions, "extract_resource_arn", extract_resource_arn)
