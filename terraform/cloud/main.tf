locals {
  access = yamldecode(file("${path.root}/../../auth0/access.yaml"))
}

# The tenant that the credentials are for must be the one that this environment names.
data "auth0_tenant" "current" {
  lifecycle {
    postcondition {
      condition     = self.management_api_identifier == "https://${coalesce(var.tenant_domain, trimsuffix(trimprefix(var.issuer, "https://"), "/"))}/api/v2/"
      error_message = "AUTH0_DOMAIN names another tenant than this environment's issuer: load the credentials of ${var.issuer}, or, if that is a custom domain, set tenant_domain."
    }
  }
}

module "auth0" {
  source = "../modules/auth0"

  access      = local.access
  branding    = yamldecode(file("${path.root}/../../auth0/branding.yaml"))
  action_code = file("${path.root}/../../auth0/actions/grant_scopes.js")
  site_urls   = concat([module.stack.site_url], [for name in var.aliases : "https://${name}"], var.additional_site_urls)

  own_connection_keys_required = var.production
  connection_credentials       = var.connection_credentials

  login_flow            = var.login_flow
  api_signing_algorithm = var.api_signing_algorithm
  signing_secret        = var.signing_secret
}

import {
  for_each = var.existing_connection_ids
  to       = module.auth0.auth0_connection.social[each.key]
  id       = each.value
}

# Each module needs one value of the other (the site's address, the application's id); no resource needs both ways.
module "stack" {
  source = "../modules/stack"

  project     = var.project
  environment = var.environment

  issuer             = var.issuer
  additional_issuers = var.additional_issuers
  client_id          = module.auth0.client_id
  machine_client_ids = module.auth0.machine_client_ids
  jwks               = var.jwks
  access             = local.access

  login_flow            = var.login_flow
  api_signing_algorithm = var.api_signing_algorithm
  signing_secret        = var.signing_secret
  leeway_seconds        = var.leeway_seconds
  hard_age_seconds      = var.hard_age_seconds

  functions_directory = "${path.root}/../../functions"
  archives_directory  = "${path.root}/../../build"
  site_directory      = "${path.root}/../../build/site"
  architecture        = var.architecture

  aliases         = var.aliases
  certificate_arn = var.certificate_arn
  sample_rows     = !var.production
  protect_data    = var.production
}
