"""The order in which module stack makes its parts, which no plan shows."""

from scripts import hcl
from scripts.tools import ROOT


def test_an_api_waits_until_api_gateway_may_ask_the_authorizer() -> None:
    modules = hcl.read(ROOT / "terraform/modules/stack/stack.tf")["module"]
    (rest_api,) = (module["rest_api"] for module in modules if "rest_api" in module)
    assert [one.strip("${}") for one in rest_api["depends_on"]] == ["aws_iam_role_policy.authorizer_invocation"]
