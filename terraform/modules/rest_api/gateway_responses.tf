# The answers that API Gateway gives without a function, in the form of all our errors.
# Header values are static strings in single quotes; 401 and 403 give the reason in WWW-Authenticate (RFC 6750 section 3).

locals {
  scope_list = join(" ", local.needed_scopes)

  # A template can name the requested operation, but cannot look up its needs. So the sentence lists the needs of every operation,
  # unless all are the same.
  needs_by_operation = {
    for name, each in local.operations : name => join(" or ", [
      for alternative in try(each.operation.security, []) : join(" and ", flatten(values(alternative)))
    ]) if local.guarded[name]
  }
  operations_by_needs = { for name, needs in local.needs_by_operation : needs => name... }
  needs = length(local.operations_by_needs) == 1 ? "This API needs ${one(keys(local.operations_by_needs))}." : join(" ", concat(
    ["$context.httpMethod $context.resourcePath is closed to this caller."],
    [for needs, names in local.operations_by_needs : "${join(", ", names)}: needs ${needs}."],
  ))

  invalid_token_header      = "Bearer realm=\"${var.realm}\", error=\"invalid_token\", error_description=\"The access token is missing, expired or not for this API\""
  insufficient_scope_header = "Bearer realm=\"${var.realm}\", error=\"insufficient_scope\", scope=\"${local.scope_list}\""

  # A type without a status keeps API Gateway's own.
  gateway_errors = {
    UNAUTHORIZED = {
      status  = 401
      error   = "invalid_token"
      message = "Sign in again: the request carries no access token, or one that is expired or not for this API."
      headers = { WWW-Authenticate = local.invalid_token_header }
    }
    ACCESS_DENIED = {
      status  = 403
      error   = "insufficient_scope"
      message = "${local.needs} $context.authorizer.reason" # the authorizer's own sentence, safe to show
      headers = { WWW-Authenticate = local.insufficient_scope_header }
      members = { reason_code = "$context.authorizer.reason_code" } # a 401 has none: its caller has proved no identity
    }
    INVALID_API_KEY = {
      status  = 403
      error   = "wrong_address"
      message = "This API answers through its site only. Use the site's address."
      headers = {}
    }
    # API Gateway's name for the error of an unknown path or method.
    MISSING_AUTHENTICATION_TOKEN = {
      status  = 404
      error   = "not_found"
      message = "This API has no such path, or the path has no such method."
      headers = {}
    }
    RESOURCE_NOT_FOUND = {
      status  = 404
      error   = "not_found"
      message = "This API has no such path, or the path has no such method."
      headers = {}
    }
    BAD_REQUEST_PARAMETERS = {
      status  = 400
      error   = "invalid_request"
      message = "A parameter that this operation requires is missing."
      headers = {}
    }
    BAD_REQUEST_BODY = {
      status  = 400
      error   = "invalid_request"
      message = "The body is not what this operation takes."
      headers = {}
    }
    THROTTLED = {
      status  = 429
      error   = "too_many_requests"
      message = "Too many requests at once. Wait a moment and try again."
      headers = { Retry-After = "1" }
    }
    # On an unknown path, for example, API Gateway takes a token for a broken AWS signature; its own message would repeat the token.
    DEFAULT_4XX = {
      status  = null
      error   = "invalid_request"
      message = "The request cannot be answered as it is. Check its address, method and headers."
      headers = {}
    }
    AUTHORIZER_FAILURE = {
      status  = 500
      error   = "server_error"
      message = "Whether you may do this could not be checked, so the answer is no. Try again in a moment."
      headers = {}
    }
    AUTHORIZER_CONFIGURATION_ERROR = {
      status  = 500
      error   = "server_error"
      message = "Whether you may do this could not be checked, so the answer is no. Try again in a moment."
      headers = {}
    }
    DEFAULT_5XX = {
      status  = null
      error   = "server_error"
      message = "Something went wrong on our side. Try again in a moment."
      headers = {}
    }
  }

  gateway_responses = {
    for type, each in local.gateway_errors : type => merge(
      { for key, value in { statusCode = each.status } : key => tostring(value) if value != null },
      {
        responseParameters = {
          for name, value in merge({ Cache-Control = "no-store" }, each.headers) : "gatewayresponse.header.${name}" => "'${value}'"
        }
        responseTemplates = {
          "application/json" = jsonencode(merge({ error = each.error, message = each.message, request_id = "$context.requestId" }, try(each.members, {})))
        }
      },
    )
  }
}
