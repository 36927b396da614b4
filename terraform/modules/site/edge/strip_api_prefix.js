// Viewer request of /api/<api>*: removes /api, which the API's paths lack, and adds the origin key, which shows that the request came
// through this distribution. `make origin-key` puts the key into the key value store, so no Terraform state holds it.
import cf from "cloudfront";

async function handler(event) {
  var request = event.request;
  request.uri = request.uri.replace(/^\/api(?=\/)/, "");
  delete request.headers["x-api-key"]; // a visitor's own key must not count
  var secrets = cf.kvs();
  if (await secrets.exists("origin-key")) {
    request.headers["x-api-key"] = { value: await secrets.get("origin-key") };
  }
  return request;
}
