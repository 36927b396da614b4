"""How far a rotation of the HS256 secret is; tests/browser/test_legacy.py rotates it in a whole stack."""

import pytest

from scripts.operate.rotate_keys.api_secret import _Stage, _stage, _version

OLD, NEW = "the old secret", "the new secret"


@pytest.mark.parametrize(
    ("secrets", "version", "stage"),
    [
        ([OLD], "", _Stage.SETTLED),
        ([NEW], _version([NEW]), _Stage.SETTLED),
        ([OLD, NEW], "", _Stage.BOTH_STORED),
        ([OLD, NEW], _version([OLD]), _Stage.BOTH_STORED),
        ([OLD, NEW], _version([OLD, NEW]), _Stage.BOTH_STORED),
        ([NEW, OLD], _version([OLD, NEW]), _Stage.NEW_SIGNS),
        ([NEW], _version([OLD, NEW]), _Stage.OLD_REMOVED),
    ],
)
def test_parameter_and_authorizer_together_show_where_an_interrupted_rotation_goes_on(
    secrets: list[str], version: str, stage: _Stage
) -> None:
    assert _stage(secrets, version) is stage
    assert not any(secret in version for secret in secrets)
