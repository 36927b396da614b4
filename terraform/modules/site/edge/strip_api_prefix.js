// Viewer request of /api/<api>*: the API knows its paths without /api.
function handler(event) {
  var request = event.request;
  request.uri = request.uri.replace(/^\/api(?=\/)/, "");
  return request;
}
