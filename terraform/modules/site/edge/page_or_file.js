// Viewer request of every path but those of the APIs that exist. A file keeps its name. A path below /api gets an API's answer for
// an unknown path. Every other path gets the page, which draws the view for it.
// This is not a custom error response: that would be distribution-wide and turn an API's 403 into a page with status 200.
//
// Terraform puts three variables before this code: PLAIN_FILES and HASHED_PREFIX, for the site's files, and SECURITY_HEADERS.
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

// CloudFront applies its response headers policy only to an origin's answers, so this answer has its own headers.
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
