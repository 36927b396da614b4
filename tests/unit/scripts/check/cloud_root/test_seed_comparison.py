"""The comparison of the seed with Terraform's objects names each member that differs by its path."""

import copy
from typing import Any

from scripts.check.cloud_root.seed import differences

APPLICATION: dict[str, Any] = {
    "client_id": "one",
    "callbacks": ["http://here"],
    "refresh_token": {"leeway": 3, "token_lifetime": 86400},
    "grant_types": ["authorization_code", "refresh_token"],
}


def test_identifiers_and_addresses_may_differ_and_nothing_else() -> None:
    other = copy.deepcopy(APPLICATION) | {"client_id": "two", "callbacks": ["https://there"], "logo_uri": "https://l"}
    assert list(differences({"application AWSDemo": APPLICATION}, {"application AWSDemo": other})) == []


def test_a_difference_is_named_by_its_path() -> None:
    other = copy.deepcopy(APPLICATION)
    other["refresh_token"]["leeway"] = 0
    other["grant_types"][1] = "implicit"
    other["is_first_party"] = True
    del other["refresh_token"]["token_lifetime"]
    found = differences({"application AWSDemo": APPLICATION, "API": {}}, {"application AWSDemo": other})

    assert list(found) == [
        'API is {} in the seed, "no such member" from Terraform',
        'application AWSDemo: grant_types[1] is "refresh_token" in the seed, "implicit" from Terraform',
        'application AWSDemo: is_first_party is "no such member" in the seed, true from Terraform',
        "application AWSDemo: refresh_token.leeway is 3 in the seed, 0 from Terraform",
        'application AWSDemo: refresh_token.token_lifetime is 86400 in the seed, "no such member" from Terraform',
    ]


def test_a_member_more_in_a_list_is_a_difference() -> None:
    assert list(differences({"API": {"scopes": ["a"]}}, {"API": {"scopes": ["a", "b"]}})) == [
        'API: scopes is ["a"] in the seed, ["a", "b"] from Terraform'
    ]
