# The parts of the edge that exist only in us-east-1, each if the environment asks for it, and warnings about settings that
# production leaves at their defaults. The local root has none of them, because an emulator has no edge.

module "certificate" {
  source    = "../modules/certificate"
  count     = try(var.domain.hosted_zone_id, null) != null && try(var.domain.certificate_arn, null) == null ? 1 : 0
  providers = { aws = aws.us_east_1 }

  domain_names   = var.domain.aliases
  hosted_zone_id = var.domain.hosted_zone_id
}

module "web_acl" {
  source    = "../modules/web_acl"
  count     = var.edge.web_acl == null ? 0 : 1
  providers = { aws = aws.us_east_1 }

  name                 = "${local.project}-${var.environment}"
  action               = var.edge.web_acl.action
  requests_per_address = var.edge.web_acl.requests_per_address
  log_retention_days   = var.telemetry.log_retention_days
}

module "edge_log" {
  source    = "../modules/edge_log"
  count     = var.edge.access_log ? 1 : 0
  providers = { aws = aws.us_east_1 }

  name             = module.stack.name
  distribution_arn = module.stack.distribution_arn

  log_retention_days = var.telemetry.log_retention_days
}

locals {
  certificate_arn = try(module.certificate[0].arn, var.domain.certificate_arn, null)
  web_acl_arn     = try(module.web_acl[0].arn, var.edge.web_acl_arn)
}

check "own_domain" {
  assert {
    condition     = !var.production || var.domain != null
    error_message = "Without a certificate of its own the site has CloudFront's domain, whose viewers may speak TLS 1.0. Set `domain`."
  }
}

check "origin_key" {
  assert {
    condition     = !var.production || coalesce(var.origin_key_required, false)
    error_message = "The APIs answer callers that bypass the distribution. Run `make origin-key ENV=${var.environment}`, then set `origin_key_required = true`."
  }
}
