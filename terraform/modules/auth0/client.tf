locals {
  # The site sends its bare origin as redirect_uri and returnTo; Auth0 compares both character by character.
  origins       = distinct([for url in var.site_urls : trimsuffix(url, "/")])
  https_origins = [for origin in local.origins : origin if startswith(origin, "https://")]
}

resource "auth0_client" "site" {
  name            = join(" ", compact(["AWSDemo", var.preview]))
  description     = "Single-page application; declared in Terraform"
  app_type        = "spa"
  is_first_party  = true
  oidc_conformant = true
  logo_uri        = "${local.origins[0]}/${var.logo}"

  callbacks           = local.origins
  allowed_logout_urls = local.origins
  web_origins         = local.origins
  cross_origin_auth   = false

  # Auth0 redirects from a bookmarked or expired sign-in page to this address; it accepts only https.
  initiate_login_uri = try(local.https_origins[0], null)

  # Marks the site's application for the Action and `make doctor`, whatever its name.
  client_metadata = { gatehouse_audience = var.access.audience }

  grant_types = var.login_flow == "implicit" ? ["implicit"] : ["authorization_code", "refresh_token"]

  # Without it, Auth0 refuses prompt=none on localhost, and a reload would sign the visitor out.
  skip_non_verifiable_callback_uri_confirmation_prompt = (
    anytrue([for origin in local.origins : startswith(origin, "http://")]) ? "true" : null
  )

  # The algorithm of ID tokens, independent of access tokens: the site accepts only RS256.
  jwt_configuration {
    alg                 = "RS256"
    lifetime_in_seconds = 3600
  }

  # Reuse of a refresh token revokes its whole family, except within the leeway, because a response may get lost. The site
  # keeps the token in memory only, so a day is long enough.
  refresh_token {
    rotation_type                = "rotating"
    expiration_type              = "expiring"
    leeway                       = 3
    token_lifetime               = 86400
    idle_token_lifetime          = 7200
    infinite_token_lifetime      = false
    infinite_idle_token_lifetime = false
  }
}
