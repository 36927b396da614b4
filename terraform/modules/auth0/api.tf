# All our REST APIs are one API of Auth0: a token is for the whole system, and its scopes decide which operations it opens.
resource "auth0_resource_server" "apis" {
  identifier = var.access.audience
  name       = trimprefix(var.access.audience, "https://")

  signing_alg    = var.api_signing_algorithm
  signing_secret = var.signing_secret

  # An hour, because Auth0 cannot revoke an access token. It can revoke a refresh token.
  token_lifetime         = 3600
  token_lifetime_for_web = 3600 # tokens of the implicit grant
  allow_offline_access   = true # rotating refresh tokens work where third-party cookies are blocked

  # With it, a user's roles limit what the connection grants (action.tf). Without it, the connection alone decides.
  enforce_policies = var.access.role_based_access_control
  token_dialect    = var.access.role_based_access_control ? "access_token_authz" : "access_token"

  # On localhost Auth0 asks for consent all the same, because it cannot verify who listens there.
  skip_consent_for_verifiable_first_party_clients = true

  subject_type_authorization {
    user {
      policy = "require_client_grant"
    }
    client {
      policy = length(var.access.machine_clients) > 0 ? "require_client_grant" : "deny_all"
    }
  }
}

resource "auth0_resource_server_scopes" "apis" {
  resource_server_identifier = auth0_resource_server.apis.identifier

  dynamic "scopes" {
    for_each = var.access.scopes
    content {
      name        = scopes.key
      description = scopes.value
    }
  }
}

# The site may request only these scopes. Any other application of the tenant gets no token for the APIs.
resource "auth0_client_grant" "site" {
  client_id    = auth0_client.site.client_id
  audience     = auth0_resource_server_scopes.apis.resource_server_identifier
  subject_type = "user"
  scopes       = keys(var.access.scopes)
}
