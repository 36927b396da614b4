"""A small GitHub: the part of its REST API that scripts/pipeline uses, with its pages, limits and refusals.

https://docs.github.com/en/rest
"""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

REPOSITORY = "owner/project"
BOT = {"login": "github-actions[bot]", "type": "Bot", "id": 41898282}
PERSON = {"login": "somebody", "type": "User", "id": 1}
LONGEST = 65_536

type Answer = tuple[int, Any]


@dataclass
class GitHub:
    """The data of one repository, and the faults of the next requests."""

    url: str = ""
    pull_requests: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    issues: dict[int, dict[str, Any]] = field(default_factory=dict)
    check_runs: list[dict[str, Any]] = field(default_factory=list)
    releases: dict[int, dict[str, Any]] = field(default_factory=dict)
    assets: dict[int, dict[str, Any]] = field(default_factory=dict)
    merged_by: dict[str, list[int]] = field(default_factory=dict)  # by commit: the pull requests that contain it
    only_reads: bool = False  # the token of a pull request from a fork
    refusals: list[tuple[int, Mapping[str, str], str]] = field(default_factory=list)  # for the next requests
    vanishing: set[int] = field(default_factory=set)  # comments that somebody deletes after they are listed
    requests: list[str] = field(default_factory=list)
    _ids: int = 100

    def new_id(self) -> int:
        """Return a new identifier."""
        self._ids += 1
        return self._ids

    def add_pull_request(self, number: int = 7, body: str = "", **more: object) -> dict[str, Any]:
        """Add a pull request; `head` is the commit of its branch."""
        head = str(more.pop("head", "1" * 40))
        made = {
            "url": f"{self.url}/repos/{REPOSITORY}/pulls/{number}",
            "html_url": f"https://github.example/{REPOSITORY}/pull/{number}",
            "number": number,
            "body": body,
            "state": "open",
            "labels": [],
            "user": PERSON,
            "head": {"sha": head, "ref": "change", "repo": {"full_name": REPOSITORY}},
            "base": {"ref": "main"},
            "issue_url": f"{self.url}/repos/{REPOSITORY}/issues/{number}",
            "comments_url": f"{self.url}/repos/{REPOSITORY}/issues/{number}/comments",
            "merged_at": None,
            "merge_commit_sha": None,
            **more,
        }
        self.pull_requests[number] = made
        return made

    def add_comment(self, number: int, body: str, user: Mapping[str, Any] = BOT) -> dict[str, Any]:
        """Add a comment to a pull request or an issue."""
        identifier = self.new_id()
        made = {
            "id": identifier,
            "url": f"{self.url}/repos/{REPOSITORY}/issues/comments/{identifier}",
            "html_url": f"https://github.example/{REPOSITORY}/pull/{number}#issuecomment-{identifier}",
            "body": body,
            "user": user,
            "number": number,
        }
        self.comments[identifier] = made
        return made

    def bodies(self, number: int) -> list[str]:
        """Return the texts of the comments, the oldest first."""
        return [each["body"] for each in self.comments.values() if each["number"] == number]

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Any) -> Answer:
        """Answer a request below /repos/owner/project."""
        if self.only_reads and method != "GET":
            return 403, {"message": "Resource not accessible by integration"}
        if isinstance(body, dict) and len(body.get("body") or "") > LONGEST:
            return 422, {"message": "Validation Failed: body is too long (maximum is 65536 characters)"}
        for (verb, pattern), respond in _ROUTES.items():
            found = re.fullmatch(pattern, path)
            if verb == method and found:
                return respond(self, [*found.groups()], query, body)
        return 404, {"message": "Not Found"}


def _repository(github: GitHub, _parts: list[str], _query: Mapping[str, str], _body: object) -> Answer:
    return 200, {"full_name": REPOSITORY, "name": "project", "url": f"{github.url}/repos/{REPOSITORY}"}


def _pull(github: GitHub, parts: list[str], _query: Mapping[str, str], _body: object) -> Answer:
    found = github.pull_requests.get(int(parts[0]))
    return (200, found) if found else (404, {"message": "Not Found"})


def _pulls(github: GitHub, _parts: list[str], query: Mapping[str, str], _body: object) -> Answer:
    wanted = query.get("head", "").partition(":")[2]
    return 200, [each for each in github.pull_requests.values() if each["head"]["ref"] == wanted]


def _new_pull(github: GitHub, _parts: list[str], _query: Mapping[str, str], body: Any) -> Answer:
    made = github.add_pull_request(github.new_id(), body["body"], title=body["title"])
    made["head"]["ref"] = body["head"]
    return 201, made


def _commit(github: GitHub, parts: list[str], _query: Mapping[str, str], _body: object) -> Answer:
    return 200, {"sha": parts[0], "url": f"{github.url}/repos/{REPOSITORY}/commits/{parts[0]}"}


def _commit_pulls(github: GitHub, parts: list[str], _query: Mapping[str, str], _body: object) -> Answer:
    return 200, [github.pull_requests[number] for number in github.merged_by.get(parts[0], [])]


def _commit_checks(github: GitHub, parts: list[str], query: Mapping[str, str], _body: object) -> Answer:
    name = query.get("check_name")
    runs = [each for each in github.check_runs if each["head_sha"] == parts[0] and each["name"] == name]
    newest = {(each["app"]["slug"]): each for each in runs}  # filter=latest
    return 200, {"total_count": len(newest), "check_runs": [*newest.values()]}


def _new_check(github: GitHub, _parts: list[str], _query: Mapping[str, str], body: Any) -> Answer:
    if any(len(body["output"].get(name) or "") > LONGEST - 1 for name in ("summary", "text")):
        return 422, {"message": "Invalid request. Only 65535 characters are allowed."}
    identifier = github.new_id()
    made = {**body, "id": identifier, "app": {"slug": "github-actions"}}
    made["url"] = made["html_url"] = f"https://github.example/{REPOSITORY}/runs/{identifier}"
    github.check_runs.append(made)
    return 201, made


def _comments(github: GitHub, parts: list[str], _query: Mapping[str, str], _body: object) -> Answer:
    found = [each for each in github.comments.values() if each["number"] == int(parts[0])]
    for each in found:
        if each["id"] in github.vanishing:
            del github.comments[each["id"]]
    return 200, found


def _new_comment(github: GitHub, parts: list[str], _query: Mapping[str, str], body: Any) -> Answer:
    return 201, github.add_comment(int(parts[0]), body["body"])


def _edit_comment(github: GitHub, parts: list[str], _query: Mapping[str, str], body: Any) -> Answer:
    found = github.comments.get(int(parts[0]))
    if found is None:
        return 404, {"message": "Not Found"}
    found["body"] = body["body"]
    return 200, found


def _delete_comment(github: GitHub, parts: list[str], _query: Mapping[str, str], _body: object) -> Answer:
    return (204, None) if github.comments.pop(int(parts[0]), None) else (404, {"message": "Not Found"})


def _issues(github: GitHub, _parts: list[str], query: Mapping[str, str], _body: object) -> Answer:
    label = query.get("labels", "")
    return 200, [each for each in github.issues.values() if each["state"] == "open" and label in each["labelled"]]


def _new_issue(github: GitHub, _parts: list[str], _query: Mapping[str, str], body: Any) -> Answer:
    number = github.new_id()
    url = f"{github.url}/repos/{REPOSITORY}/issues/{number}"
    made = {
        "number": number,
        "url": url,
        "comments_url": f"{url}/comments",
        "html_url": f"https://github.example/{REPOSITORY}/issues/{number}",
        "title": body["title"],
        "body": body["body"],
        "labelled": body["labels"],
        "state": "open",
        "user": BOT,
    }
    github.issues[number] = made
    return 201, made


def _edit_issue(github: GitHub, parts: list[str], _query: Mapping[str, str], body: Any) -> Answer:
    github.issues[int(parts[0])].update(body)
    return 200, github.issues[int(parts[0])]


def _releases(github: GitHub, _parts: list[str], _query: Mapping[str, str], _body: object) -> Answer:
    return 200, [*github.releases.values()]


def _new_release(github: GitHub, _parts: list[str], _query: Mapping[str, str], body: Any) -> Answer:
    identifier = github.new_id()
    url = f"{github.url}/repos/{REPOSITORY}/releases/{identifier}"
    made = {
        **body,
        "id": identifier,
        "url": url,
        "assets_url": f"{url}/assets",
        "upload_url": f"{url}/assets{{?name,label}}",
        "html_url": f"https://github.example/{REPOSITORY}/releases/{body['tag_name']}",
    }
    github.releases[identifier] = made
    return 201, made


def _edit_release(github: GitHub, parts: list[str], _query: Mapping[str, str], body: Any) -> Answer:
    github.releases[int(parts[0])].update(body)
    return 200, github.releases[int(parts[0])]


def _assets(github: GitHub, parts: list[str], _query: Mapping[str, str], _body: object) -> Answer:
    return 200, [_without_content(each) for each in github.assets.values() if each["release"] == parts[0]]


def _new_asset(github: GitHub, parts: list[str], query: Mapping[str, str], body: Any) -> Answer:
    if any((each["release"], each["name"]) == (parts[0], query["name"]) for each in github.assets.values()):
        return 422, {"message": "Validation Failed: already_exists"}
    identifier = github.new_id()
    url = f"{github.url}/repos/{REPOSITORY}/releases/assets/{identifier}"
    made = {"id": identifier, "url": url, "name": query["name"], "release": parts[0], "content": body}
    github.assets[identifier] = made
    return 201, _without_content(made)


def _without_content(asset: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asset.items() if name != "content"}


def _delete_asset(github: GitHub, parts: list[str], _query: Mapping[str, str], _body: object) -> Answer:
    del github.assets[int(parts[0])]
    return 204, None


type _Respond = Callable[[GitHub, list[str], Mapping[str, str], Any], Answer]
_ROUTES: dict[tuple[str, str], _Respond] = {
    ("GET", r""): _repository,
    ("GET", r"/pulls/(\d+)"): _pull,
    ("GET", r"/pulls"): _pulls,
    ("POST", r"/pulls"): _new_pull,
    ("GET", r"/commits/(\w+)"): _commit,
    ("GET", r"/commits/(\w+)/pulls"): _commit_pulls,
    ("GET", r"/commits/(\w+)/check-runs"): _commit_checks,
    ("POST", r"/check-runs"): _new_check,
    ("GET", r"/issues/(\d+)/comments"): _comments,
    ("POST", r"/issues/(\d+)/comments"): _new_comment,
    ("PATCH", r"/issues/comments/(\d+)"): _edit_comment,
    ("DELETE", r"/issues/comments/(\d+)"): _delete_comment,
    ("GET", r"/issues"): _issues,
    ("POST", r"/issues"): _new_issue,
    ("PATCH", r"/issues/(\d+)"): _edit_issue,
    ("GET", r"/releases"): _releases,
    ("POST", r"/releases"): _new_release,
    ("PATCH", r"/releases/(\d+)"): _edit_release,
    ("GET", r"/releases/(\d+)/assets"): _assets,
    ("POST", r"/releases/(\d+)/assets"): _new_asset,
    ("DELETE", r"/releases/assets/(\d+)"): _delete_asset,
}


class _Handler(BaseHTTPRequestHandler):
    github: GitHub
    protocol_version = "HTTP/1.1"

    def _any(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        raw = self.rfile.read(length)
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.github.requests.append(f"{self.command} {parts.path}")
        if self.github.refusals:
            status, headers, message = self.github.refusals.pop(0)
            self._send(status, {"message": message}, headers)
            return
        if not self.headers.get("authorization", "").lower().startswith(("token ", "bearer ")):
            self._send(401, {"message": "Bad credentials"})
            return
        is_json = "json" in self.headers.get("content-type", "") and not parts.path.endswith("/assets")
        body = json.loads(raw) if raw and is_json else raw
        status, document = self.github.answer(
            self.command, parts.path.removeprefix(f"/repos/{REPOSITORY}"), query, body
        )
        self._send(status, *self._page(document, parts.path, query))

    def _page(self, document: Any, path: str, query: Mapping[str, str]) -> tuple[Any, dict[str, str]]:
        if not isinstance(document, list):
            return document, {}
        size, number = int(query.get("per_page", 30)), int(query.get("page", 1))
        headers = {}
        if len(document) > size * number:
            more = "&".join(f"{name}={value}" for name, value in {**query, "page": str(number + 1)}.items())
            headers["Link"] = f'<{self.github.url}{path}?{more}>; rel="next"'
        return document[size * (number - 1) : size * number], headers

    def _send(self, status: int, document: object, headers: Mapping[str, str] | None = None) -> None:
        content = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        for name, value in {**(headers or {}), "content-type": "application/json"}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = _any  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def running() -> Iterator[GitHub]:
    """Yield a GitHub that answers at `url` until the block ends."""
    github = GitHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"github": github}))
    server.daemon_threads = True
    github.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield github
    finally:
        server.shutdown()
        server.server_close()


def job_environment(
    github: GitHub, folder: Path, pull_request: int | None = 7, commit: str = "2" * 40
) -> dict[str, str]:
    """Return the variables that GitHub gives a job; the event's file and the summary are in the folder."""
    event: dict[str, Any] = {}
    if pull_request is not None:
        event["pull_request"] = github.pull_requests[pull_request]
    (folder / "event.json").write_text(json.dumps(event), encoding="utf-8")
    return {
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_SHA": commit,
        "GITHUB_RUN_ID": "99",
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_API_URL": github.url,
        "GITHUB_TOKEN": "a-token",
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
    }
