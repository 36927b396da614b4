// Viewer request of the site: a path without a file extension is a place within the application, which index.html draws.
// Not a custom error response: that is distribution-wide and would turn an API's 403 into a page with status 200.
function handler(event) {
  var request = event.request;
  var lastSegment = request.uri.substring(request.uri.lastIndexOf("/") + 1);
  if (lastSegment.indexOf(".") === -1) {
    request.uri = "/index.html";
  }
  return request;
}
