# The whole AWS side, in the order in which a request passes through it.

module "site" {
  source = "../site"

  name                = local.name
  bucket_name         = "${local.name}-site-${data.aws_caller_identity.current.account_id}" # unique among all accounts
  site_directory      = var.directories.site
  config              = local.site_config
  tenant_origin       = local.tenant_origin
  apis                = module.rest_api
  aliases             = var.domain.aliases
  certificate_arn     = var.domain.certificate_arn
  hosted_zone_id      = var.domain.hosted_zone_id
  edge                = var.edge
  wait_for_deployment = var.wait_for_deployment

  expire_earlier_versions = var.expire_earlier_versions
}

module "rest_api" {
  source   = "../rest_api"
  for_each = local.apis

  name               = "${local.name}-${each.key}"
  api                = each.key
  openapi            = each.value
  scopes             = keys(var.access.scopes)
  realm              = var.project
  function           = module.api_function[each.key]
  authorizer         = local.authorizer
  throttling         = var.throttling
  log_retention_days = var.telemetry.log_retention_days
  xray_tracing       = var.telemetry.xray
  kms_key_arn        = var.kms_key_arn

  origin_key_required = var.origin_key_required

  # Before that, API Gateway may not invoke the authorizer, and answers 500.
  depends_on = [aws_iam_role_policy.authorizer_invocation]
}

# The APIs that the origin key opens. `make origin-key` creates the key and adds it to this plan, so no state holds it.
resource "aws_api_gateway_usage_plan" "origin" {
  name        = "${local.name}-origin"
  description = "The APIs that the distribution may call"

  dynamic "api_stages" {
    for_each = module.rest_api

    content {
      api_id = api_stages.value.id
      stage  = api_stages.value.stage_name
    }
  }
}

module "authorizer" {
  source = "../function"

  name                  = "${local.name}-authorizer"
  description           = "Decides from an access token what its bearer may call"
  archive_path          = "${var.directories.archives}/${var.architecture}/authorizer.zip"
  handler               = "authorizer.main.handler"
  architecture          = var.architecture
  memory_megabytes      = 512 # more memory means more processor time; a cold start is imports and one signature
  timeout_seconds       = 5
  environment_variables = local.authorizer_environment
  layer_arns            = [aws_lambda_layer_version.subject_hash_key.arn]
  permissions           = local.signing_secret_permissions
  log_retention_days    = var.telemetry.log_retention_days
  xray_tracing          = var.telemetry.xray
  kms_key_arn           = var.kms_key_arn
}

module "api_function" {
  source   = "../function"
  for_each = local.apis

  name                  = "${local.name}-${each.key}"
  description           = "Answers the ${each.value.info.title} API"
  archive_path          = "${var.directories.archives}/${var.architecture}/${each.key}.zip"
  handler               = "guard.main.handler" # checks the scopes again, then calls the API's own handler
  architecture          = var.architecture
  memory_megabytes      = 512 # more memory means more processor time; a cold start is imports and a TLS handshake
  timeout_seconds       = 10
  environment_variables = { API = each.key, TABLE_NAME = aws_dynamodb_table.rows[each.key].name }
  log_retention_days    = var.telemetry.log_retention_days
  xray_tracing          = var.telemetry.xray
  kms_key_arn           = var.kms_key_arn

  permissions = merge(local.key_permissions, {
    UseItsTable = {
      actions       = local.table_actions[each.key]
      resource_arns = [aws_dynamodb_table.rows[each.key].arn]
    }
  })
}

# The tables are in tables.tf.

locals {
  name          = "${var.project}-${var.environment}"
  tenant_origin = trimsuffix(var.tokens.issuer, "/")

  # An API is a folder with an openapi.yaml: movies => its document.
  apis = {
    for path in fileset(var.directories.functions, "*/openapi.yaml") : dirname(path) => yamldecode(file("${var.directories.functions}/${path}"))
  }
}

data "aws_caller_identity" "current" {}
