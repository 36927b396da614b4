resource "aws_api_gateway_rest_api" "api" {
  name        = var.name
  description = var.openapi.info.description
  body        = jsonencode(local.document)

  endpoint_configuration {
    types = ["REGIONAL"] # the distribution in front is already global
  }

  lifecycle {
    # Terraform applies this to all that the API depends on: its function, role and table. Should one of those ever have to be
    # replaced, the apply fails because the name is taken, and nothing is lost.
    create_before_destroy = true

    precondition {
      condition     = length(local.operations_without_security) == 0
      error_message = "${var.api}/openapi.yaml: ${join(", ", local.operations_without_security)} has no `security`. Name the scopes it needs, `security: [{ auth0: [...] }]`, or say `security: []` to make it public."
    }

    precondition {
      condition     = length(local.operations_of_other_schemes) == 0
      error_message = "${var.api}/openapi.yaml: ${join(", ", local.operations_of_other_schemes)} uses another security scheme than auth0, which nothing enforces. Write `security: [{ auth0: [...] }]`."
    }

    precondition {
      condition     = length(local.unknown_scopes) == 0
      error_message = "${var.api}/openapi.yaml: nobody can grant the scope ${join(", ", local.unknown_scopes)}. Use one of ${join(", ", sort(var.scopes))}, or add it to access.yaml."
    }

    precondition {
      condition     = length(local.foreign_paths) == 0
      error_message = "${var.api}/openapi.yaml: ${join(", ", local.foreign_paths)} is outside /${var.api}, where CloudFront does not send requests to this API. Begin the path with /${var.api}."
    }

    precondition {
      condition     = length(local.unsupported_keywords) == 0
      error_message = "${var.api}/openapi.yaml: API Gateway refuses ${join(", ", local.unsupported_keywords)} in a schema. Leave it out."
    }
  }
}

# A deployment is a snapshot of the document, so each change of the document makes a new one.
resource "aws_api_gateway_deployment" "snapshot" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  triggers    = { document = sha256(aws_api_gateway_rest_api.api.body) }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "live" {
  #checkov:skip=CKV_AWS_120:Answers depend on who asks; a cache in the gateway costs by the hour and would mix them up
  #checkov:skip=CKV2_AWS_4:Execution logs record headers, tokens among them; the access log says what is needed
  #checkov:skip=CKV2_AWS_29:A web ACL belongs at the distribution, which is where visitors come in; the throttling here bounds the load
  #checkov:skip=CKV2_AWS_51:A client certificate is for HTTP back ends; this API invokes Lambda by ARN
  rest_api_id          = aws_api_gateway_rest_api.api.id
  deployment_id        = aws_api_gateway_deployment.snapshot.id
  stage_name           = local.stage_name
  xray_tracing_enabled = var.xray_tracing

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = jsonencode(local.access_log_fields)
  }

  # Until then API Gateway may not invoke the function, and answers 500.
  depends_on = [aws_lambda_permission.invoke]
}

resource "aws_api_gateway_method_settings" "every_method" {
  #checkov:skip=CKV_AWS_225:Answers depend on who asks; a cache in the gateway costs by the hour and would mix them up
  #checkov:skip=CKV_AWS_308:There is no cache to encrypt
  rest_api_id = aws_api_gateway_rest_api.api.id
  stage_name  = aws_api_gateway_stage.live.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = true
    logging_level          = "OFF" # execution logs record headers, tokens among them
    throttling_rate_limit  = local.stage_throttling.requests_per_second
    throttling_burst_limit = local.stage_throttling.burst_requests
  }
}

# An operation with its own limits inherits no setting from the stage.
resource "aws_api_gateway_method_settings" "operation" {
  #checkov:skip=CKV_AWS_225:As for every method
  #checkov:skip=CKV_AWS_308:As for every method
  for_each = local.operation_throttling

  rest_api_id = aws_api_gateway_rest_api.api.id
  stage_name  = aws_api_gateway_stage.live.stage_name
  # API Gateway writes a slash within a path as ~1 (RFC 6901), and Terraform passes the path on as it is.
  method_path = "${replace(local.operations[each.key].path, "/", "~1")}/${upper(local.operations[each.key].method)}"

  settings {
    metrics_enabled        = true
    logging_level          = "OFF"
    throttling_rate_limit  = each.value.requests_per_second
    throttling_burst_limit = each.value.burst_requests
  }
}

resource "aws_cloudwatch_log_group" "access" {
  #checkov:skip=CKV_AWS_158:CloudWatch encrypts it unless kms_key_arn names a key; the lines hold no token, secret or personal data
  name              = "/aws/apigateway/${var.name}"
  kms_key_id        = var.kms_key_arn
  retention_in_days = var.log_retention_days
}

resource "aws_lambda_permission" "invoke" {
  statement_id  = "InvokeFromApi"
  action        = "lambda:InvokeFunction"
  function_name = var.function.name
  qualifier     = var.function.alias_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.api.execution_arn}/${local.stage_name}/*/*"
}

locals {
  stage_name = "live"

  # The environment's factor multiplies the document's limits; without any, the environment's own limits apply.
  declared_throttling = merge(
    { for name in ["stage"] : name => var.openapi["x-throttling"] if can(var.openapi["x-throttling"]) },
    { for name, each in local.operations : name => each.operation["x-throttling"] if can(each.operation["x-throttling"]) },
  )
  throttling = {
    for name, declared in local.declared_throttling : name => {
      requests_per_second = ceil(declared.requests_per_second * var.throttling.factor)
      burst_requests      = ceil(declared.burst_requests * var.throttling.factor)
    }
  }
  stage_throttling     = lookup(local.throttling, "stage", var.throttling)
  operation_throttling = { for name, limits in local.throttling : name => limits if name != "stage" }

  # These fields lead from an answer in the browser (each error has the request_id) to the log lines of the authorizer
  # (authorizer_request) and of the function. They hold no address, because the caller is CloudFront, and no token, header or
  # body. The principal is the authorizer's keyed hash of the user, as in its own log.
  access_log_fields = {
    api                 = var.name # a dimension of the metric of throttled requests
    request_id          = "$context.requestId"
    extended_request_id = "$context.extendedRequestId" # AWS support asks for it
    time                = "$context.requestTime"
    method              = "$context.httpMethod"
    path                = "$context.resourcePath"
    status              = "$context.status"
    refusal             = "$context.error.responseType"
    principal           = "$context.authorizer.principalId"
    connection          = "$context.authorizer.connection"
    reason_code         = "$context.authorizer.reason_code"
    response_ms         = "$context.responseLatency"
    integration_ms      = "$context.integration.latency"
    integration_status  = "$context.integration.status"
    integration_request = "$context.integration.requestId"
    authorizer_ms       = "$context.authorizer.latency"
    authorizer_status   = "$context.authorizer.status"
    authorizer_error    = "$context.authorizer.error"
    authorizer_request  = "$context.authorizer.requestId"
  }
}
