import assert from "node:assert/strict";
import { test } from "node:test";
import { matchRoute } from "../../../site/app/router.js";
import { exampleConfig } from "./support.mjs";

const ROUTES = {
  "/": { view: "home" },
  "/movies": { view: "list", name: "movies" },
  "/devices/": { view: "list", name: "devices" },
  "/token": { view: "token" },
  "/nowhere": { view: "not-found" },
  "/movies/1": { view: "detail", name: "movies", id: "1" },
  "/movies/a%2Fb": { view: "detail", name: "movies", id: "a/b" },
  "/devices/1": { view: "not-found" }, // its document has no such path
  "/movies/1/2": { view: "not-found" },
  "/movies/%ff": { view: "not-found" },
  "/token/1": { view: "not-found" },
  "/Movies": { view: "not-found" },
};
for (const [pathname, route] of Object.entries(ROUTES)) {
  test(`${pathname} is ${JSON.stringify(route)}`, () => {
    assert.deepEqual(matchRoute(pathname, exampleConfig()), route);
  });
}

test("an API that the configuration adds has a route", () => {
  const config = exampleConfig();
  config.apis.albums = config.apis.movies;
  assert.deepEqual(matchRoute("/albums", config), { view: "list", name: "albums" });
});

test("a property that every object inherits is no API", () => {
  for (const pathname of ["/constructor", "/toString", "/__proto__"]) {
    assert.deepEqual(matchRoute(pathname, exampleConfig()), { view: "not-found" });
  }
});
