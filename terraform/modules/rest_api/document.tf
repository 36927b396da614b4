# The OpenAPI document for API Gateway, derived from ours. API Gateway has one authorizer for an operation, but no scopes. So the
# scopes stay in the authorizer's access model, and this document says only "guarded" or "public".
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html

locals {
  http_methods = ["delete", "get", "head", "options", "patch", "post", "put", "trace"]

  schemes_of = { true = { auth0 = [] }, false = {} }
  origin_key = { for scheme in ["origin_key"] : scheme => [] if var.origin_key_required }

  # "GET /movies" => {path, method, operation, parameters}
  operations = merge([
    for path, item in var.openapi.paths : {
      for method in local.http_methods : "${upper(method)} ${path}" => {
        path       = path
        method     = method
        operation  = item[method]
        parameters = concat([], try(item.parameters, []), try(item[method].parameters, []))
      } if contains(keys(item), method)
    }
  ]...)

  # An operation without `security` counts as guarded here, and a precondition refuses the document.
  guarded = { for name, each in local.operations : name => try(length(each.operation.security) > 0, true) }

  scopes_by_operation = {
    for name, each in local.operations : name => distinct(flatten([
      for alternative in try(each.operation.security, []) : values(alternative)
    ]))
  }

  needed_scopes = sort(distinct(flatten(values(local.scopes_by_operation))))

  aws_operations = {
    for name, each in local.operations : name => merge(
      { for key, value in each.operation : key => value if contains(["operationId", "summary", "description", "requestBody"], key) },
      {
        parameters = [
          for parameter in each.parameters :
          { for key, value in parameter : key => value if contains(["name", "in", "required", "description", "schema"], key) }
        ]
        responses = {
          for status, response in each.operation.responses : status => {
            for key, value in try(var.openapi.components.responses[trimprefix(response["$ref"], "#/components/responses/")], response) :
            key => value if contains(["description", "content"], key)
          }
        }
        x-amazon-apigateway-integration = {
          type                = "aws_proxy"
          httpMethod          = "POST" # Lambda is always invoked by POST
          uri                 = var.function.invoke_arn
          passthroughBehavior = "when_no_match"
        }
      },
      # One alternative, of which all schemes are required.
      { for key, value in { security = [merge(local.schemes_of[local.guarded[name]], local.origin_key)] } : key => value if length(value[0]) > 0 },
    )
  }

  document = {
    openapi = "3.0.1"
    info    = { title = var.name, description = var.openapi.info.description, version = var.openapi.info.version }
    paths = {
      for path in keys(var.openapi.paths) : path => {
        for name, each in local.operations : each.method => local.aws_operations[name] if each.path == path
      }
    }
    components = {
      schemas         = try(var.openapi.components.schemas, {})
      securitySchemes = merge({ auth0 = local.authorizer }, { for scheme in keys(local.origin_key) : scheme => { type = "apiKey", name = "x-api-key", in = "header" } })
    }
    x-amazon-apigateway-request-validators = {
      everything = { validateRequestParameters = true, validateRequestBody = true }
    }
    x-amazon-apigateway-request-validator = "everything"

    # Only TLS 1.2 and 1.3; by default a stage also accepts TLS 1.0. Version 6 of the provider has an argument for it.
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html
    x-amazon-apigateway-security-policy      = "SecurityPolicy_TLS13_1_2_2021_06"
    x-amazon-apigateway-endpoint-access-mode = "STRICT" # the server name in TLS must equal the Host, as CloudFront sends them
    x-amazon-apigateway-gateway-responses    = local.gateway_responses
  }

  authorizer = {
    type                         = "apiKey" # API Gateway's word for a header that an authorizer reads
    name                         = "Authorization"
    in                           = "header"
    x-amazon-apigateway-authtype = "custom"
    x-amazon-apigateway-authorizer = {
      type                         = "token"
      authorizerUri                = var.authorizer.invoke_arn
      authorizerCredentials        = var.authorizer.role_arn
      authorizerResultTtlInSeconds = var.authorizer.result_ttl_seconds
      # API Gateway itself answers 401 unless the header is `Bearer` in any case and one compact JWS (RFC 7515 section 3.1).
      identityValidationExpression = "^\\s*[Bb][Ee][Aa][Rr][Ee][Rr]\\s+[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\s*$"
    }
  }

  # Mistakes in the document; preconditions of the API refuse them.
  operations_without_security = [for name, each in local.operations : name if !can(each.operation.security)]
  operations_of_other_schemes = [
    for name, each in local.operations : name
    if anytrue([for alternative in try(each.operation.security, []) : join(",", keys(alternative)) != "auth0"])
  ]
  unknown_scopes = setsubtract(local.needed_scopes, var.scopes)
  foreign_paths  = [for path in keys(var.openapi.paths) : path if path != "/${var.api}" && !startswith(path, "/${var.api}/")]

  # API Gateway's models follow JSON Schema draft 4, which has none of these.
  # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
  unsupported_keywords = [
    for keyword in ["nullable", "discriminator", "example"] : keyword
    if strcontains(jsonencode(local.document.components.schemas), "\"${keyword}\":")
  ]
}
