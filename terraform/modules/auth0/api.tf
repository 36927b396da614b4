# All our REST APIs are one API of Auth0: a token is for the whole system, and its scopes decide which operations it opens.

locals {
  api   = yamldecode(file("${path.module}/api.yaml"))
  roles = var.access.role_based_access_control ? local.api.with_roles : local.api.without_roles
}

# The provider writes the secret of an HS256 API into the state. So Terraform declares the API only with RS256, and with HS256
# `make secret NAME=api` makes it (docs/decisions/0037-the-hs256-api-outside-terraform.md).
resource "auth0_resource_server" "apis" {
  count = var.api_signing_algorithm == "RS256" ? 1 : 0

  identifier  = var.access.audience
  name        = trimprefix(var.access.audience, "https://")
  signing_alg = "RS256"

  token_lifetime         = local.api.settings.token_lifetime
  token_lifetime_for_web = local.api.settings.token_lifetime_for_web
  allow_offline_access   = local.api.settings.allow_offline_access
  enforce_policies       = local.roles.enforce_policies
  token_dialect          = local.roles.token_dialect

  skip_consent_for_verifiable_first_party_clients = local.api.settings.skip_consent_for_verifiable_first_party_clients

  subject_type_authorization {
    user {
      policy = local.api.user_policy
    }
    client {
      policy = (
        length(var.access.machine_clients) > 0
        ? local.api.client_policy_with_machine_clients
        : local.api.client_policy_without_machine_clients
      )
    }
  }
}

# It reads the API by its identifier, and keeps nothing of it but the scopes.
resource "auth0_resource_server_scopes" "apis" {
  resource_server_identifier = var.access.audience

  dynamic "scopes" {
    for_each = var.access.scopes
    content {
      name        = scopes.key
      description = scopes.value
    }
  }

  depends_on = [auth0_resource_server.apis]
}

# The site may request only these scopes. Any other application of the tenant gets no token for the APIs.
resource "auth0_client_grant" "site" {
  client_id    = auth0_client.site.client_id
  audience     = auth0_resource_server_scopes.apis.resource_server_identifier
  subject_type = "user"
  scopes       = keys(var.access.scopes)
}
