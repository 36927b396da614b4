"""people.yaml: the people on the sign-in page, and the roles for role-based access control."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import jwt
import pytest

from local.start import StartError
from local.tenant import people
from tests.checkout import copy_auth0

SCOPES = ["read:Devices", "read:Movies"]


def write(folder: Path, text: str) -> Path:
    """Write a people.yaml, and its schema next to it."""
    schema = people.DEFAULT_PATH.with_suffix(".schema.json")
    (folder / schema.name).write_text(schema.read_text(encoding="utf-8"), encoding="utf-8")
    path = folder / "people.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("scopes", [SCOPES, ["read:Orders"]])
def test_the_file_of_the_repository_goes_with_whatever_access_yaml_declares(scopes: list[str]) -> None:
    known = people.load(people.DEFAULT_PATH, scopes)
    assert "Ada Lovelace" in [person.name for person in known.people]
    assert tuple(scopes) in known.roles.values()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "roles: { buyer: [read:Orders] }\npeople: { a@b.example: { name: A } }\n",
            "the role buyer permits read:Orders, which access.yaml does not declare; declare it there, or name one of",
        ),
        (
            "people: { a@b.example: { name: A, roles: [buyer] } }\n",
            "A has the role buyer, which the file does not declare; add it to `roles`, or take it from the person",
        ),
        ("people: { nobody: { name: A } }\n", "'nobody' does not match"),
        ("people: {}\n", "people.schema.json"),
    ],
)
def test_a_file_that_contradicts_itself_or_access_yaml_is_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(StartError) as refused:
        people.load(write(tmp_path, text), SCOPES)
    assert sentence in str(refused.value)


def test_with_role_based_access_control_a_person_gets_what_their_role_and_their_connection_permit(
    run_tenant: Any, browser_of: Any, tmp_path: Path
) -> None:
    file = write(
        tmp_path,
        "roles: { critic: [read:Movies] }\n"
        "people:\n  ada@example.com: { name: Ada Lovelace, roles: [critic] }\n  new@example.com: { name: New }\n",
    )
    access = copy_auth0(tmp_path, "role_based_access_control: true\n")
    with run_tenant(tmp_path / "state", access=str(access), people=str(file)) as tenant:
        app = tenant.create_client()

        def granted(connection: str, person: str) -> tuple[str, list[str], str]:
            browser = browser_of(app, tenant)
            tokens = browser.exchange(
                browser.sign_in(connection, person, scope="openid read:Movies read:Devices")["code"]
            )
            claims = jwt.decode(tokens.json()["access_token"], options={"verify_signature": False})
            return claims["scope"], claims["permissions"], claims["sub"]

        scope, permissions, sub = granted("amazon", "ada@example.com")
        assert (scope, permissions) == ("openid read:Movies", ["read:Movies"])
        assert granted("google-oauth2", "ada@example.com")[:2] == ("openid", ["read:Movies"])
        assert granted("amazon", "new@example.com")[:2] == ("openid", [])

        user = f"/users/{quote(sub, safe='')}"
        [role] = tenant.management("GET", f"{user}/roles").json()
        assert (role["id"][:4], role["name"]) == ("rol_", "critic")
        [permission] = tenant.management("GET", f"{user}/permissions").json()
        assert permission["permission_name"] == "read:Movies"
        assert permission["sources"] == [{"source_id": role["id"], "source_name": "critic", "source_type": "ROLE"}]
