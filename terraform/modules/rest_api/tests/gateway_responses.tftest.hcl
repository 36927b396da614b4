# The answers that API Gateway gives without a function.

mock_provider "aws" {}

variables {
  name               = "gatehouse-test-movies"
  api                = "movies"
  openapi            = yamldecode(file("../../../tests/example/functions/movies/openapi.yaml"))
  scopes             = ["read:Devices", "read:Movies"]
  realm              = "gatehouse"
  function           = { name = "movies", alias_name = "live", invoke_arn = "arn:aws:apigateway:test:lambda:path/movies:live/invocations" }
  authorizer         = { invoke_arn = "arn:aws:apigateway:test:lambda:path/authorizer:live/invocations", role_arn = "arn:aws:iam::123456789012:role/authorizer", result_ttl_seconds = 300 }
  throttling         = { requests_per_second = 5, burst_requests = 10, factor = 1 }
  log_retention_days = 30
  xray_tracing       = true

  origin_key_required = false
}

run "what_every_refusal_has" {
  command = plan

  # Every error has our body.
  assert {
    condition = alltrue([
      for response in values(local.gateway_responses) :
      length(setsubtract(["error", "message", "request_id"], keys(jsondecode(response.responseTemplates["application/json"])))) == 0 &&
      jsondecode(response.responseTemplates["application/json"]).request_id == "$context.requestId"
    ])
    error_message = "A gateway response lacks error, message or request_id."
  }

  assert {
    condition     = alltrue([for type in ["DEFAULT_4XX", "DEFAULT_5XX"] : can(local.gateway_responses[type]) && !can(local.gateway_responses[type].statusCode)])
    error_message = "What has no response of its own must have our body and keep its status."
  }

  assert {
    condition     = alltrue([for response in values(local.gateway_responses) : response.responseParameters["gatewayresponse.header.Cache-Control"] == "'no-store'"])
    error_message = "A browser could keep an error."
  }

  # Header values are static strings that AWS can read.
  assert {
    condition = alltrue(flatten([
      for response in values(local.gateway_responses) : [for value in values(response.responseParameters) : can(regex("^'[^']+'$", value))]
    ]))
    error_message = "A header value is not one single-quoted string."
  }

  # "Who are you" is 401, and "you may not" is 403.
  assert {
    condition     = [local.gateway_responses.UNAUTHORIZED.statusCode, local.gateway_responses.ACCESS_DENIED.statusCode] == ["401", "403"]
    error_message = "The two refusals have other statuses."
  }

  assert {
    condition     = startswith(local.gateway_responses.UNAUTHORIZED.responseParameters["gatewayresponse.header.WWW-Authenticate"], "'Bearer realm=\"gatehouse\", error=\"invalid_token\", error_description=\"")
    error_message = "401 does not tell how to authenticate."
  }

  assert {
    condition     = local.gateway_responses.ACCESS_DENIED.responseParameters["gatewayresponse.header.WWW-Authenticate"] == "'Bearer realm=\"gatehouse\", error=\"insufficient_scope\", scope=\"read:Movies\"'"
    error_message = "403 does not tell which scope is needed."
  }

  assert {
    condition     = strcontains(jsondecode(local.gateway_responses.ACCESS_DENIED.responseTemplates["application/json"]).message, "read:Movies")
    error_message = "The sentence of a 403 does not name the scope."
  }

  # Only a caller with a proven identity sees the authorizer's reason.
  assert {
    condition = [
      for type, response in local.gateway_responses : type if strcontains(response.responseTemplates["application/json"], "$context.authorizer.")
    ] == ["ACCESS_DENIED"]
    error_message = "An answer other than 403 tells what the authorizer found."
  }

  assert {
    condition     = jsondecode(local.gateway_responses.ACCESS_DENIED.responseTemplates["application/json"]).reason_code == "$context.authorizer.reason_code" && strcontains(jsondecode(local.gateway_responses.ACCESS_DENIED.responseTemplates["application/json"]).message, "$context.authorizer.reason")
    error_message = "A 403 does not give the authorizer's sentence and its code."
  }

  # An unknown path is not a missing token.
  assert {
    condition     = local.gateway_responses.MISSING_AUTHENTICATION_TOKEN.statusCode == "404"
    error_message = "API Gateway's own 403 for an unknown path would send visitors to the sign-in."
  }

  # A broken authorizer opens nothing and says so.
  assert {
    condition     = alltrue([for type in ["AUTHORIZER_FAILURE", "AUTHORIZER_CONFIGURATION_ERROR"] : local.gateway_responses[type].statusCode == "500" && jsondecode(local.gateway_responses[type].responseTemplates["application/json"]).error == "server_error"])
    error_message = "A broken authorizer does not answer 500 with our body."
  }
}

run "a_denial_names_the_operation_and_what_each_one_needs" {
  command = plan

  variables {
    api     = "orders"
    openapi = yamldecode(file("../../../tests/example/functions/orders/openapi.yaml"))
    scopes  = ["create:Orders", "delete:Orders", "read:Orders", "update:Orders"]
  }

  assert {
    condition     = startswith(jsondecode(local.gateway_responses.ACCESS_DENIED.responseTemplates["application/json"]).message, "$context.httpMethod $context.resourcePath is closed to this caller. POST /orders: needs create:Orders. DELETE /orders/{id}: needs delete:Orders. GET /orders, GET /orders/{id}: needs read:Orders. PUT /orders/{id}: needs update:Orders.")
    error_message = "A 403 of an API that writes does not say what its operation needs."
  }
}
