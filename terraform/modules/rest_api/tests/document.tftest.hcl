# The document that AWS imports, made from the real ones in functions/ and from small ones with one mistake each.

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

run "what_every_api_has" {
  command = plan

  # Only public operations skip the authorizer.
  assert {
    condition = alltrue([
      for path, item in var.openapi.paths :
      jsonencode(try(jsondecode(aws_api_gateway_rest_api.api.body).paths[path].get.security, [])) == (length(item.get.security) == 0 ? "[]" : "[{\"auth0\":[]}]")
    ])
    error_message = "An operation and its authorizer do not fit together."
  }

  assert {
    condition = [
      for path, item in jsondecode(aws_api_gateway_rest_api.api.body).paths : path if !can(item.get.security)
    ] == ["/movies/health"]
    error_message = "The health operation is the one that is open, and no other."
  }

  assert {
    condition     = !can(jsondecode(aws_api_gateway_rest_api.api.body).security)
    error_message = "A default for all operations would hide one that lacks its own."
  }

  # Every operation reaches the live function through validation.
  assert {
    condition = alltrue([
      for item in values(jsondecode(aws_api_gateway_rest_api.api.body).paths) :
      item.get["x-amazon-apigateway-integration"].type == "aws_proxy" && item.get["x-amazon-apigateway-integration"].uri == var.function.invoke_arn
    ])
    error_message = "An operation has another integration than the function's alias."
  }

  assert {
    condition     = jsondecode(aws_api_gateway_rest_api.api.body).x-amazon-apigateway-request-validators[jsondecode(aws_api_gateway_rest_api.api.body).x-amazon-apigateway-request-validator] == { validateRequestParameters = true, validateRequestBody = true }
    error_message = "Requests reach the function unvalidated."
  }

  # A stage accepts no TLS before 1.2.
  assert {
    condition     = startswith(jsondecode(aws_api_gateway_rest_api.api.body).x-amazon-apigateway-security-policy, "SecurityPolicy_TLS13_1_2_")
    error_message = "A client could reach the stage by TLS 1.0."
  }

  # API Gateway caches a decision for the declared time.
  assert {
    condition     = jsondecode(aws_api_gateway_rest_api.api.body).components.securitySchemes.auth0["x-amazon-apigateway-authorizer"].authorizerResultTtlInSeconds == 300
    error_message = "The cache of decisions is not the one asked for."
  }

  # Only `Bearer` with a compact JWS costs an invocation.
  assert {
    condition = alltrue([
      for header in ["Bearer a.b.c", "bearer a.b.c", "BEARER   a-_.B9.c_", " Bearer a.b.c "] :
      can(regex(jsondecode(aws_api_gateway_rest_api.api.body).components.securitySchemes.auth0["x-amazon-apigateway-authorizer"].identityValidationExpression, header))
    ])
    error_message = "A header that may carry a good token is refused."
  }

  assert {
    condition = !anytrue([
      for header in ["", "Bearer", "Bearer ", "a.b.c", "Basic a.b.c", "Bearer a.b", "Bearer a.b.", "Bearer a..c", "Bearer a.b.c.d.e", "Bearer a.b.c d", "Bearer a.b.c=", "Bearera.b.c", "Bearer Bearer a.b.c"] :
      can(regex(jsondecode(aws_api_gateway_rest_api.api.body).components.securitySchemes.auth0["x-amazon-apigateway-authorizer"].identityValidationExpression, header))
    ])
    error_message = "A header that cannot carry a token costs an invocation."
  }

  # A changed document causes a new deployment.
  assert {
    condition     = aws_api_gateway_deployment.snapshot.triggers.document == sha256(aws_api_gateway_rest_api.api.body)
    error_message = "The deployment does not follow the document."
  }

  # Requests above the limit are refused.
  assert {
    condition     = aws_api_gateway_method_settings.every_method.method_path == "*/*" && aws_api_gateway_method_settings.every_method.settings[0].throttling_rate_limit == 5 && aws_api_gateway_method_settings.every_method.settings[0].throttling_burst_limit == 10
    error_message = "A method is not throttled."
  }

  # The access log names no person and no token.
  # Each of these holds a token, an address, or the user's name at Auth0. The principal is a keyed hash.
  assert {
    condition = !anytrue([
      for secret in ["authorizer.sub", "authorizer.scope", "authorizer.claims", "identity.", "Authorization", "header", "error.message", "$context.path\""] :
      strcontains(aws_api_gateway_stage.live.access_log_settings[0].format, secret)
    ])
    error_message = "The access log says who called, or with what."
  }

  # The access log says who was refused, why, and how to follow the request.
  assert {
    condition = alltrue([
      for name in ["requestId", "error.responseType", "authorizer.principalId", "authorizer.reason_code", "authorizer.status", "authorizer.error", "authorizer.latency", "authorizer.requestId", "integration.requestId"] :
      contains(values(jsondecode(aws_api_gateway_stage.live.access_log_settings[0].format)), "$context.${name}")
    ])
    error_message = "A line of the access log cannot be followed to the authorizer's."
  }
}

run "a_stage_that_wants_the_origin_key_wants_it_for_every_operation" {
  command = plan

  variables {
    origin_key_required = true
  }

  assert {
    condition = alltrue([
      for path, item in var.openapi.paths :
      jsonencode(jsondecode(aws_api_gateway_rest_api.api.body).paths[path].get.security) == (length(item.get.security) == 0 ? "[{\"origin_key\":[]}]" : "[{\"auth0\":[],\"origin_key\":[]}]")
    ])
    error_message = "An operation can be asked around the distribution, or without a token."
  }

  assert {
    condition     = jsonencode(jsondecode(aws_api_gateway_rest_api.api.body).components.securitySchemes.origin_key) == jsonencode({ in = "header", name = "x-api-key", type = "apiKey" })
    error_message = "API Gateway would not look for the key where the distribution puts it."
  }
}

run "the_same_holds_for_devices" {
  command = plan

  variables {
    api     = "devices"
    openapi = yamldecode(file("../../../tests/example/functions/devices/openapi.yaml"))
  }

  assert {
    condition = [
      for path, item in jsondecode(aws_api_gateway_rest_api.api.body).paths : path if !can(item.get.security)
    ] == ["/devices/health"]
    error_message = "The health operation is the one that is open, and no other."
  }
}

run "the_gateway_validates_the_bodies_and_headers_of_an_api_that_writes" {
  command = plan

  variables {
    api     = "orders"
    openapi = yamldecode(file("../../../tests/example/functions/orders/openapi.yaml"))
    scopes  = ["create:Orders", "delete:Orders", "read:Orders", "update:Orders"]
  }

  assert {
    condition = alltrue([
      for operation in [
        jsondecode(aws_api_gateway_rest_api.api.body).paths["/orders"].post,
        jsondecode(aws_api_gateway_rest_api.api.body).paths["/orders/{id}"].put,
      ] : jsonencode(operation.requestBody) == jsonencode({ content = { "application/json" = { schema = { "$ref" = "#/components/schemas/NewOrder" } } }, required = true })
    ])
    error_message = "A body reaches the function unvalidated."
  }

  assert {
    condition     = one([for parameter in jsondecode(aws_api_gateway_rest_api.api.body).paths["/orders"].post.parameters : parameter.required if parameter.name == "Idempotency-Key"])
    error_message = "A request that cannot be repeated reaches the function."
  }

  assert {
    condition     = jsonencode({ for method, operation in jsondecode(aws_api_gateway_rest_api.api.body).paths["/orders/{id}"] : method => operation.security }) == jsonencode({ for method in ["delete", "get", "put"] : method => [{ auth0 = [] }] })
    error_message = "An operation that writes skips the authorizer."
  }
}

run "a_decision_is_not_kept_for_longer_than_aws_can" {
  command = plan

  variables {
    authorizer = { invoke_arn = "arn:aws:test", role_arn = "arn:aws:test", result_ttl_seconds = 3601 }
  }

  expect_failures = [var.authorizer]
}

run "a_document_has_limits_of_its_own_for_its_stage_and_for_an_operation" {
  command = plan

  variables {
    api        = "orders"
    openapi    = yamldecode(file("../../../tests/example/functions/orders/openapi.yaml"))
    scopes     = ["create:Orders", "delete:Orders", "read:Orders", "update:Orders"]
    throttling = { requests_per_second = 5, burst_requests = 10, factor = 0.5 }
  }

  assert {
    condition     = aws_api_gateway_method_settings.every_method.settings[0].throttling_rate_limit == 20 && aws_api_gateway_method_settings.every_method.settings[0].throttling_burst_limit == 41
    error_message = "The stage does not take the document's limits, multiplied by the environment's factor."
  }

  assert {
    condition     = jsonencode({ for name, each in aws_api_gateway_method_settings.operation : name => [each.method_path, each.settings[0].throttling_rate_limit, each.settings[0].throttling_burst_limit] }) == jsonencode({ "POST /orders" = ["~1orders/POST", 10, 20], "PUT /orders/{id}" = ["~1orders~1{id}/PUT", 10, 20] })
    error_message = "An operation does not take the document's limits, multiplied by the environment's factor."
  }

  assert {
    condition     = alltrue([for each in aws_api_gateway_method_settings.operation : each.settings[0].metrics_enabled && each.settings[0].logging_level == "OFF"])
    error_message = "An operation with limits of its own has no metrics, or logs tokens."
  }

  assert {
    condition     = !strcontains(aws_api_gateway_rest_api.api.body, "x-throttling")
    error_message = "API Gateway would read an extension that it does not know."
  }
}

run "an_operation_without_security_stops_the_plan" {
  command = plan

  variables {
    openapi = {
      info  = { title = "Movies", description = "Films", version = "1" }
      paths = { "/movies" = { get = { responses = {} } } }
    }
  }

  expect_failures = [aws_api_gateway_rest_api.api]
}

run "a_scope_that_nobody_can_grant_stops_the_plan" {
  command = plan

  variables {
    openapi = {
      info  = { title = "Movies", description = "Films", version = "1" }
      paths = { "/movies" = { get = { security = [{ auth0 = ["read:Moviez"] }], responses = {} } } }
    }
  }

  expect_failures = [aws_api_gateway_rest_api.api]
}

run "a_scheme_that_nothing_enforces_stops_the_plan" {
  command = plan

  variables {
    openapi = {
      info  = { title = "Movies", description = "Films", version = "1" }
      paths = { "/movies" = { get = { security = [{ oauth = ["read:Movies"] }], responses = {} } } }
    }
  }

  expect_failures = [aws_api_gateway_rest_api.api]
}

run "an_optional_sign_in_stops_the_plan" {
  command = plan

  variables {
    openapi = {
      info  = { title = "Movies", description = "Films", version = "1" }
      paths = { "/movies" = { get = { security = [{}, { auth0 = ["read:Movies"] }], responses = {} } } }
    }
  }

  expect_failures = [aws_api_gateway_rest_api.api]
}

run "a_path_that_cloudfront_sends_elsewhere_stops_the_plan" {
  command = plan

  variables {
    openapi = {
      info  = { title = "Movies", description = "Films", version = "1" }
      paths = { "/moviestars" = { get = { security = [{ auth0 = ["read:Movies"] }], responses = {} } } }
    }
  }

  expect_failures = [aws_api_gateway_rest_api.api]
}

run "a_schema_that_aws_refuses_stops_the_plan" {
  command = plan

  variables {
    openapi = {
      info       = { title = "Movies", description = "Films", version = "1" }
      paths      = { "/movies" = { get = { security = [{ auth0 = ["read:Movies"] }], responses = {} } } }
      components = { schemas = { Movie = { type = "object", nullable = true } } }
    }
  }

  expect_failures = [aws_api_gateway_rest_api.api]
}
