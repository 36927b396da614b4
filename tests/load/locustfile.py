"""One visitor of the local system: signs in, reads lists, loads the page, and renews the token without a page.

Locust runs it, in its own environment (.tools/drills); tests/load/__main__.py starts Locust.
"""

import os
import random
import time
from collections.abc import Callable

import httpx
from locust import User, between, task

from scripts.sign_in import Application, sign_in

SITE, HOST, TENANT = (os.environ[f"GATEHOUSE_LOAD_{name}"] for name in ("SITE", "HOST", "TENANT"))
CONNECTIONS = ("amazon", "google-oauth2")
FOREIGN_PAGE = ("GET", "/u/identity-provider/")  # replaces Google's or Amazon's own page, which costs Auth0 no request


class Visitor(User):
    """A person with a browser."""

    wait_time = between(0.1, 0.5)

    def on_start(self) -> None:
        """Open the page and sign in."""
        self.site = httpx.Client(base_url=SITE, headers={"host": HOST}, timeout=60, trust_env=False)
        self.tenant = httpx.Client(base_url=TENANT, timeout=60, trust_env=False)
        self.tenant.event_hooks = {"request": [self._begin], "response": [self._end]}
        self.is_signing_in = False
        config = self.site.get("/config.json").json()
        self.apis = config["apis"]
        self.scope = " ".join(["openid offline_access", *config["scopes"]])
        origin = f"http://{HOST}"
        self.application = Application(config["auth0"]["client_id"], origin, config["auth0"]["audience"])
        self.connection = random.choice(CONNECTIONS)  # noqa: S311 -- a mix, no secret
        self._sign_in()

    def on_stop(self) -> None:
        """Close the connections."""
        self.site.close()
        self.tenant.close()

    @task(40)
    def read_a_list(self) -> None:
        """Read the list that the connection opens, or another one, for which 403 is the right answer."""
        api = random.choice(list(self.apis))  # noqa: S311 -- a mix, no secret
        needed = self.apis[api]["any_of"]
        granted = any(set(alternative) <= self.granted for alternative in needed)
        wanted = 200 if granted else 403
        headers = {"authorization": f"Bearer {self.token}"}
        self._measured(f"list, {wanted}", lambda: self.site.get(self.apis[api]["path"], headers=headers), wanted)

    @task(5)
    def load_the_page(self) -> None:
        """Load the page again."""
        self._measured("page", lambda: self.site.get("/"), 200)

    @task(5)
    def renew(self) -> None:
        """Renew the token with the refresh token, as the site does."""
        form = {
            "grant_type": "refresh_token",
            "client_id": self.application.client_id,
            "refresh_token": self.refresh_token,
        }
        origin = {"origin": self.application.redirect_uri}
        answer = self._measured("renewal", lambda: self.tenant.post("/oauth/token", data=form, headers=origin), 200)
        if answer is not None and answer.is_success:
            self._keep(answer.json())

    @task(2)
    def sign_in_again(self) -> None:
        """Sign in as on another device."""
        self.tenant.cookies.clear()
        self._sign_in()

    def _sign_in(self) -> None:
        begun, error, body = time.perf_counter(), None, {}
        self.is_signing_in = True
        try:
            body = sign_in(self.tenant, self.application, connection=self.connection, scope=self.scope)
        except Exception as raised:  # counted by Locust
            error = raised
        self.is_signing_in = False
        self._report("sign-in", begun, error)
        if body:
            self._keep(body)

    def _begin(self, request: httpx.Request) -> None:
        request.extensions["begun"] = time.perf_counter()

    def _end(self, response: httpx.Response) -> None:
        """Report each request of a sign-in that Auth0 would count."""
        method, path = FOREIGN_PAGE
        is_foreign = response.request.method == method and response.request.url.path.startswith(path)
        if self.is_signing_in and not is_foreign:
            self._report("sign-in step", response.request.extensions["begun"], None)

    def _keep(self, body: dict[str, str]) -> None:
        self.token, self.refresh_token = body["access_token"], body["refresh_token"]
        self.granted = set(body.get("scope", self.scope).split())

    def _measured(self, name: str, ask: Callable[[], httpx.Response], wanted: int) -> httpx.Response | None:
        begun, answer = time.perf_counter(), None
        error: Exception | None = None
        try:
            answer = ask()
            if answer.status_code != wanted:
                error = AssertionError(f"{answer.status_code} instead of {wanted}")
        except httpx.HTTPError as raised:
            error = raised
        self._report(name, begun, error)
        return answer

    def _report(self, name: str, begun: float, error: BaseException | None) -> None:
        self.environment.events.request.fire(
            request_type="", name=name, response_time=(time.perf_counter() - begun) * 1_000,
            response_length=0, exception=error, context={},
        )  # fmt: skip
