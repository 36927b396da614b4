locals {
  access   = merge(yamldecode(file("${path.root}/../../auth0/access.yaml")), var.preview)
  branding = yamldecode(file("${path.root}/../../auth0/branding.yaml"))
  project  = jsondecode(file("${path.root}/../project.json")).name

  look_before = jsondecode(coalesce(var.tenant_look_before, "{}"))
}

# The credentials must belong to the tenant that this environment names.
data "auth0_tenant" "current" {
  lifecycle {
    postcondition {
      condition     = self.management_api_identifier == "https://${coalesce(var.tenant_domain, trimsuffix(trimprefix(var.tokens.issuer, "https://"), "/"))}/api/v2/"
      error_message = "AUTH0_DOMAIN names another tenant than this environment's issuer: load the credentials of ${var.tokens.issuer}, or, if that is a custom domain, set tenant_domain."
    }
  }
}

module "auth0" {
  source = "../modules/auth0"

  access      = local.access
  preview     = var.preview == null ? null : var.environment
  action_code = file("${path.root}/../../auth0/actions/grant_scopes.js")
  logo        = local.branding.logo
  site_urls   = concat([module.stack.site_url], [for name in try(var.domain.aliases, []) : "https://${name}"], var.additional_site_urls)

  login_flow            = var.login_flow
  api_signing_algorithm = var.tokens.signing_algorithm
}

import {
  for_each = var.existing_connection_ids
  to       = module.auth0.auth0_connection.social[each.key]
  id       = each.value
}

# The API that the tenant has had with HS256, which Terraform did not declare. Its index is a value, because `make recover`
# adds import blocks of its own, and Terraform refuses two with the same constant address.
import {
  for_each = { for id in compact([var.existing_api_id]) : id => 0 if var.tokens.signing_algorithm == "RS256" }
  to       = module.auth0.auth0_resource_server.apis[each.value]
  id       = each.key
}

# The look applies to the whole tenant, so this environment changes it only if the tenant serves nothing else.
module "tenant_look" {
  source = "../modules/tenant_look"
  count  = var.manage_tenant_look ? 1 : 0

  branding    = local.branding
  site_url    = module.stack.site_url
  look_before = var.tenant_look_before
}

# Import the present look, so that the plan shows a change instead of a new object. Every tenant has these three, and their ids do
# not matter; it has a theme only after somebody has created one.
import {
  for_each = var.manage_tenant_look ? toset(["tenant"]) : []
  to       = module.tenant_look[0].auth0_branding.sign_in
  id       = each.key
}

import {
  for_each = var.manage_tenant_look ? toset(["tenant"]) : []
  to       = module.tenant_look[0].auth0_prompt.sign_in
  id       = each.key
}

import {
  for_each = var.manage_tenant_look ? toset(["login::en"]) : []
  to       = module.tenant_look[0].auth0_prompt_custom_text.sign_in
  id       = each.key
}

import {
  for_each = var.manage_tenant_look ? toset([for id in [try(local.look_before.theme.themeId, null)] : id if id != null]) : []
  to       = module.tenant_look[0].auth0_branding_theme.sign_in
  id       = each.key
}

# Each module needs one value of the other (the site's address, the application's id), but no two resources need each other.
module "stack" {
  source = "../modules/stack"

  project     = local.project
  environment = var.environment

  access             = local.access
  client_id          = module.auth0.client_id
  machine_client_ids = module.auth0.machine_client_ids
  login_flow         = var.login_flow

  tokens = {
    issuer                 = var.tokens.issuer
    additional_issuers     = var.tokens.additional_issuers
    signing_algorithm      = var.tokens.signing_algorithm
    jwks                   = var.jwks
    leeway_seconds         = var.tokens.leeway_seconds
    stale_if_error_seconds = var.tokens.stale_if_error_seconds
  }

  directories = {
    functions = "${path.root}/../../functions"
    archives  = "${path.root}/../../build"
    site      = "${path.root}/../../build/site"
  }

  architecture = var.architecture
  domain = {
    aliases         = try(var.domain.aliases, [])
    certificate_arn = local.certificate_arn
    hosted_zone_id  = try(var.domain.hosted_zone_id, null)
  }
  edge = merge(var.edge, { web_acl_arn = local.web_acl_arn })

  throttling          = var.throttling
  origin_key_required = var.origin_key_required

  protect_data = var.production
  telemetry    = var.telemetry
  kms_key_arn  = var.kms_key_arn
}
