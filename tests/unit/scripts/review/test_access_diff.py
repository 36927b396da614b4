"""`make access-diff` names each operation that opens or closes for a caller, by the answers of both authorizers."""

import copy
import json
import subprocess
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from authorizer.configuration import build_handler
from authorizer.handler import Unauthorized
from scripts.build.data_files.project import Project
from scripts.errors import OperationError, UserError
from scripts.review.access_diff import difference, require_acceptance
from scripts.review.callers import LIFETIME_SECONDS, Issuer
from scripts.review.decisions.checkouts import Side, files_at
from scripts.review.decisions.comparison import EVERYONE, Comparison, Row, compare
from scripts.review.decisions.questions import Question, answers, questions
from scripts.review.decisions.report import as_document, as_markdown
from scripts.tools import ROOT
from tests.unit.scripts.review.documents import PATHS, project

ISSUER = Issuer(now=1_800_000_000)
BEFORE = project(PATHS, ["read"], ["write"])

type Answer = Mapping[str, Any] | None
type Edit = Callable[[Question, Answer], Answer]


def answered(of: Project, asked: list[Question], edit: Edit) -> list[Answer]:
    handler = build_handler(
        ISSUER.settings(of.access["machine_clients"]),
        json.dumps(of.access_model),
        clock=lambda: ISSUER.now,
        monotonic=time.monotonic,
        log=lambda _line: None,
    )

    def answer(each: Question) -> Answer:
        event = ISSUER.event(each.caller, each.api, of.access["audience"], each.scopes, expired=each.expired)
        try:
            document: Answer = handler(event, None)["policyDocument"]
        except Unauthorized:
            document = None
        return edit(each, copy.deepcopy(document))

    return [answer(each) for each in asked]


def compared(after: Project, edit: Edit = lambda _, answer: answer, before: Project = BEFORE) -> Comparison:
    """Compare the answers of both authorizers, after `edit` has changed those of the second."""
    asked = [*questions(before, after)]
    both = answered(before, asked, lambda _, answer: answer), answered(after, asked, edit)
    return compare(before, after, asked, both, ISSUER.now)


def changes(comparison: Comparison) -> dict[tuple[str, str], Row]:
    return {(row.operation, row.caller): row for row in comparison.rows if row.change != "unchanged"}


def test_without_a_change_every_row_is_unchanged_and_says_what_opens_it() -> None:
    comparison = compared(BEFORE)
    assert changes(comparison) == {}
    assert not comparison.strays
    rows = {(row.operation, row.caller): row.after for row in comparison.rows}
    assert rows["GET /movies", "Amazon"] == (("read",),)
    assert rows["GET /movies", "Google"] == ()
    assert rows["DELETE /movies/{id}", "Report (machine)"] == (("write",),)
    assert rows["GET /movies/health", EVERYONE] == ((),)
    assert as_markdown("main", comparison).splitlines()[2].startswith("Nothing changes, compared with main")


def test_a_scope_that_a_connection_gets_opens_its_operations_to_it() -> None:
    found = changes(compared(project(PATHS, ["read", "write"], ["write"])))
    assert {(name, row.change) for name, row in found.items()} == {
        (("DELETE /movies/{id}", "Amazon"), "opened"),
        (("POST /movies", "Amazon"), "opened"),
    }
    row = found["DELETE /movies/{id}", "Amazon"]
    assert (row.before, row.after, row.opened_example) == ((), (("write",),), "DELETE /movies/A")


def test_an_operation_that_becomes_public_opens_to_everyone() -> None:
    comparison = compared(project({**PATHS, "/movies/{id}": {"get": [], "delete": ["write"]}}, ["read"], ["write"]))
    assert {name: row.change for name, row in changes(comparison).items()} == {("GET /movies/{id}", EVERYONE): "opened"}
    line = "accept: GET /movies/{id} for everyone, without a token"
    assert "To accept what is opened" in as_markdown("main", comparison).split(line)[0]
    accepted = as_markdown("main", comparison, frozenset({line}))
    assert "To accept what is opened" not in accepted
    assert "The pull request's description accepts:" in accepted.split(line)[0]


def test_an_opening_is_refused_until_its_own_line_accepts_it() -> None:
    comparison = compared(project(PATHS, ["read"], ["read", "write"]))
    lines = frozenset({"accept: GET /movies for Google", "accept: GET /movies/{id} for Google"})
    require_acceptance(comparison, lines)
    with pytest.raises(OperationError, match="openings not accepted: 1"):
        require_acceptance(comparison, lines - {"accept: GET /movies for Google"})


def test_a_public_operation_that_needs_a_scope_closes() -> None:
    after = project({**PATHS, "/movies/health": {"get": ["read"]}}, ["read"], ["write"])
    comparison = compared(after)
    assert {name: row.change for name, row in changes(comparison).items()} == {
        ("GET /movies/health", EVERYONE): "closed"
    }
    document = as_document("main", comparison)
    assert [row["accept"] for row in document["rows"] if row["change"] == "closed"] == [None]


def test_an_operation_that_goes_closes_and_a_new_one_opens() -> None:
    paths = {path: methods for path, methods in PATHS.items() if path != "/movies/{id}"}
    found = changes(compared(project({**paths, "/movies/{id}/cast": {"get": ["read"]}}, ["read"], ["write"])))
    assert {(name, row.change) for name, row in found.items()} == {
        (("GET /movies/{id}", "Amazon"), "closed"),
        (("DELETE /movies/{id}", "Google"), "closed"),
        (("DELETE /movies/{id}", "Report (machine)"), "closed"),
        (("GET /movies/{id}/cast", "Amazon"), "opened"),
    }


def test_an_operation_that_needs_another_scope_of_the_same_caller_is_changed() -> None:
    before = project(PATHS, ["read", "write"], [])
    after = project({**PATHS, "/movies": {"get": ["write"], "post": ["write"]}}, ["read", "write"], [])
    found = changes(compared(after, before=before))
    row = found["GET /movies", "Amazon"]
    assert (row.change, row.before, row.after) == ("changed", (("read",),), (("write",),))
    assert found["GET /movies", "Report (machine)"].change == "opened"


def test_a_literal_that_takes_requests_from_a_parameter_closes_them() -> None:
    found = changes(compared(project({**PATHS, "/movies/top": {"get": ["write"]}}, ["read"], ["write"])))
    assert found["GET /movies/{id}", "Amazon"].closed_example == "GET /movies/top"
    assert found["GET /movies/top", "Google"].change == "opened"
    assert ("GET /movies/top", "Amazon") not in found


def test_a_request_that_no_document_declares_but_a_policy_opens_is_shown() -> None:
    def widen(_: Question, answer: Answer) -> Answer:
        for statement in answer["Statement"] if answer is not None else ():
            if statement["Effect"] == "Allow":
                statement["Resource"] = [
                    f"{each}*" if each.endswith("/movies") else each for each in statement["Resource"]
                ]
        return answer

    comparison = compared(BEFORE, widen)
    assert {(stray.caller, stray.example) for stray in comparison.strays} == {
        ("Amazon", "GET /moviesA"),
        ("Google", "POST /moviesA"),
    }
    assert "**A policy opens requests that no operation explains:**" in as_markdown("main", comparison)


def test_a_policy_that_forgets_how_gateways_clean_paths_is_shown() -> None:
    def forget(_: Question, answer: Answer) -> Answer:
        for statement in answer["Statement"] if answer is not None else ():
            statement["Resource"] = [each for each in statement["Resource"] if not each.endswith(("/..", "/../*"))]
        return answer

    same = project({**PATHS, "/movies/top": {"get": ["write"]}}, ["read"], ["write"])
    comparison = compared(same, forget, before=same)
    assert changes(comparison) == {}
    assert ("Amazon", "GET /movies/..") in {(stray.caller, stray.example) for stray in comparison.strays}


@pytest.mark.parametrize(
    ("forgiven", "who"),
    [
        (lambda question: question.expired, "Amazon with an expired token"),
        (lambda question: question.caller.kind == "nobody", "nobody"),
        (lambda question: question.caller.name == "another-connection", "any other connection"),
    ],
)
def test_a_caller_that_should_open_nothing_has_a_row_if_something_opens(
    forgiven: Callable[[Question], bool], who: str
) -> None:
    stage = "arn:aws:execute-api:eu-west-1:123456789012:abc123/live"
    allow = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": f"{stage}/GET/movies"}

    def forgive(question: Question, answer: Answer) -> Answer:
        return {"Version": "2012-10-17", "Statement": [allow]} if forgiven(question) else answer

    assert changes(compared(BEFORE, forgive))["GET /movies", who].change == "opened"


def test_an_answer_that_ends_before_the_token_does_opens_nothing_later() -> None:
    asked = [*questions(BEFORE, BEFORE)]
    found = answered(BEFORE, asked, lambda _, answer: answer)
    later = compare(BEFORE, BEFORE, asked, (found, found), ISSUER.now + 2 * LIFETIME_SECONDS)
    assert {row.after for row in later.rows if row.caller != EVERYONE} == {()}


def packaged(of: Project, archive: Path, replaced: tuple[str, str] = ("", "")) -> Side:
    """Return a side whose zip holds the authorizer's modules, with one text in them replaced, and its access model."""
    with zipfile.ZipFile(archive, "w") as written:
        for module in (ROOT / "functions" / "authorizer").glob("*.py"):
            written.writestr(f"authorizer/{module.name}", module.read_text(encoding="utf-8").replace(*replaced))
        written.writestr("authorizer/access_model.json", json.dumps(of.access_model))
    return Side(archive.stem, of, archive)


@pytest.mark.process
def test_a_change_of_the_authorizers_code_shows_as_what_it_opens(tmp_path: Path) -> None:
    before = packaged(BEFORE, tmp_path / "before.zip")
    careless = (
        "access_model.connections.get(name) if user",
        "frozenset().union(*access_model.connections.values()) if user",
    )
    after = packaged(BEFORE, tmp_path / "after.zip", careless)
    found = changes(difference(before, after))
    assert found["GET /movies", "any other connection"].change == "opened"
    assert found["GET /movies", "Google"].change == "opened"
    assert ("GET /movies", "Amazon") not in found


@pytest.mark.process
def test_an_authorizer_that_does_not_start_is_no_difference_but_a_failure(tmp_path: Path) -> None:
    broken = packaged(BEFORE, tmp_path / "broken.zip", ("def build_handler(", "def build_another("))
    with pytest.raises(OperationError, match="the authorizer of broken does not start: ImportError"):
        answers(broken, [*questions(BEFORE, BEFORE)][:1], ISSUER)


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A reviewer", "-c", "user.email=reviewer@example.com", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A branch that left main, and a later commit on main."""
    root = tmp_path_factory.mktemp("repository")
    (root / "auth0").mkdir()
    git(root, "init", "-q")
    for branch, text in (("main", "first"), ("ours", "ours"), ("main", "later")):
        git(root, "checkout", "-q", *([] if branch == "main" and text == "later" else ["-b"]), branch)
        (root / "auth0" / "access.yaml").write_text(text, encoding="utf-8")
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", text)
    git(root, "checkout", "-q", "ours")
    return root


@pytest.mark.process
def test_the_base_is_the_commit_at_which_the_branch_left(repository: Path) -> None:
    folder = files_at("main", repository)
    assert (folder / "auth0" / "access.yaml").read_text(encoding="utf-8") == "first"
    assert files_at("main", repository) == folder, "and it is unpacked once"


@pytest.mark.process
@pytest.mark.parametrize(
    ("base", "sentence"),
    [("nowhere", "git knows no revision 'nowhere'"), ("-x", "say what to compare with: BASE=")],
)
def test_a_base_that_cannot_be_found_is_a_users_mistake(repository: Path, base: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        files_at(base, repository)
