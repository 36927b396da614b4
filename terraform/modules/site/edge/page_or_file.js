// Viewer request of everything but the APIs that exist. A file is asked for by its name; below /api there is nothing, and
// the answer is that of an API for an unknown path; every other path is a place within the application, which the page draws.
// Not a custom error response: that is distribution-wide and would turn an API's 403 into a page with status 200.
//
// Terraform puts three variables before this code: PLAIN_FILES and HASHED_PREFIX, the site's files, and SECURITY_HEADERS.
function handler(event) {
  var request = event.request;
  if (/^\/api(\/|$)/i.test(request.uri)) {
    return unknownApi(event.context.requestId);
  }
  var path = request.uri.substring(1);
  if (path.indexOf(HASHED_PREFIX) !== 0 && PLAIN_FILES.indexOf(path) === -1) {
    request.uri = "/index.html";
  }
  return request;
}

// CloudFront promises its response headers policy for answers of an origin only, so this answer brings its own.
function unknownApi(requestId) {
  var headers = {
    "content-type": { value: "application/json" },
    "cache-control": { value: "no-store" },
  };
  Object.keys(SECURITY_HEADERS).forEach((name) => {
    headers[name] = { value: SECURITY_HEADERS[name] };
  });
  var body = { error: "not_found", message: "There is no such API.", request_id: requestId };
  return {
    statusCode: 404,
    statusDescription: "Not Found",
    headers: headers,
    body: { encoding: "text", data: JSON.stringify(body) },
  };
}
