# Module auth0 and the tenant's look alone, for the comparison with the seed of the local tenant. Never applied anywhere else.

terraform {
  required_providers {
    auth0 = { source = "auth0/auth0" }
  }
}

provider "auth0" {}

variable "look_before" {
  description = "The tenant's look before, as JSON."
  type        = string
}

locals {
  access   = yamldecode(file("${path.root}/../../auth0/access.yaml"))
  branding = yamldecode(file("${path.root}/../../auth0/branding.yaml"))
  site     = "https://site.example"
}

module "auth0" {
  source = "../modules/auth0"

  access      = local.access
  action_code = file("${path.root}/../../auth0/actions/grant_scopes.js")
  logo        = local.branding.logo
  site_urls   = [local.site, "http://gatehouse-local.localhost:4566"]

  api_signing_algorithm = "RS256"
  login_flow            = "code"
}

module "tenant_look" {
  source = "../modules/tenant_look"

  branding    = local.branding
  site_url    = local.site
  look_before = var.look_before
}
