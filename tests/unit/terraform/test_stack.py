"""What no plan shows: the order in which module stack makes its parts."""

import hcl2

from scripts.tools import ROOT


def test_an_api_waits_until_api_gateway_may_ask_the_authorizer() -> None:
    with (ROOT / "terraform/modules/stack/stack.tf").open(encoding="utf-8") as stream:
        modules = {name: body for module in hcl2.load(stream)["module"] for name, body in module.items()}
    (rest_api,) = (body for name, body in modules.items() if name.strip('"') == "rest_api")
    assert [one.strip("${}") for one in rest_api["depends_on"]] == ["aws_iam_role_policy.authorizer_invocation"]
