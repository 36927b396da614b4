// Viewer request of /api/*, behind the behaviours of the APIs that exist: the answer that an API gives for an unknown path.
function handler(event) {
  var body = {
    error: "not_found",
    message: "There is no such API.",
    request_id: event.context.requestId,
  };
  return {
    statusCode: 404,
    statusDescription: "Not Found",
    headers: {
      "content-type": { value: "application/json" },
      "cache-control": { value: "no-store" },
    },
    body: { encoding: "text", data: JSON.stringify(body) },
  };
}
