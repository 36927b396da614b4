// Viewer request of /api/<api>*: the API knows its paths without /api, and by the origin key that the request came through
// this distribution. The key is in the key value store, where `make origin-key` puts it and no state holds it.
import cf from "cloudfront";

async function handler(event) {
  var request = event.request;
  request.uri = request.uri.replace(/^\/api(?=\/)/, "");
  delete request.headers["x-api-key"]; // a visitor's own counts for nothing
  var secrets = cf.kvs();
  if (await secrets.exists("origin-key")) {
    request.headers["x-api-key"] = { value: await secrets.get("origin-key") };
  }
  return request;
}
