# Every resource of the provider that the local tenant plays, beyond those that the project itself declares: the check
# makes them, changes them (revision 2) and destroys them, with an empty plan after each. Never applied anywhere else.

terraform {
  required_providers {
    auth0 = { source = "auth0/auth0" }
  }
}

provider "auth0" {}

variable "revision" {
  description = "1 makes everything, 2 changes it."
  type        = number
}

variable "public_key" {
  description = "A public key (PEM) of the application."
  type        = string
}

resource "auth0_client" "app" {
  name            = "App ${var.revision}"
  app_type        = "regular_web"
  callbacks       = ["https://app.example/cb${var.revision}"]
  client_metadata = var.revision == 1 ? { a = "1", b = "2" } : { a = "1" }
  refresh_token {
    rotation_type                = "rotating"
    expiration_type              = "expiring"
    leeway                       = 10
    token_lifetime               = 3600
    infinite_token_lifetime      = false
    infinite_idle_token_lifetime = false
    idle_token_lifetime          = 1800
  }

  # A new application gets every connection, unless the tenant says otherwise; auth0_connection_clients refuses that.
  depends_on = [auth0_tenant.example]
}

resource "auth0_client_credentials" "app" {
  client_id             = auth0_client.app.id
  authentication_method = "private_key_jwt"
  private_key_jwt {
    credentials {
      name            = "key"
      credential_type = "public_key"
      algorithm       = "RS256"
      pem             = var.public_key
    }
  }
}

resource "auth0_client" "machine" {
  name     = "Machine"
  app_type = "non_interactive"

  depends_on = [auth0_tenant.example]
}

resource "auth0_client_credentials" "machine" {
  client_id             = auth0_client.machine.id
  authentication_method = var.revision == 1 ? "client_secret_post" : "client_secret_basic"
}

resource "auth0_resource_server" "api" {
  identifier             = "https://api.example/v1"
  name                   = "API ${var.revision}"
  signing_alg            = "HS256"
  token_lifetime         = 600 * var.revision
  token_lifetime_for_web = 600
}

resource "auth0_resource_server_scopes" "api" {
  resource_server_identifier = auth0_resource_server.api.identifier
  scopes {
    name        = "read:x"
    description = "x"
  }
  dynamic "scopes" {
    for_each = var.revision == 1 ? [] : ["write:x"]
    content {
      name        = scopes.value
      description = "y"
    }
  }
}

resource "auth0_client_grant" "machine" {
  client_id = auth0_client.machine.id
  audience  = auth0_resource_server_scopes.api.resource_server_identifier
  scopes    = var.revision == 1 ? ["read:x"] : []
}

resource "auth0_connection" "google" {
  name     = "my-google"
  strategy = "google-oauth2"
  options {
    client_id                = "x"
    client_secret            = "y"
    scopes                   = ["email", "profile"]
    set_user_root_attributes = "on_each_login"
  }
}

resource "auth0_connection_clients" "google" {
  connection_id   = auth0_connection.google.id
  enabled_clients = var.revision == 1 ? [auth0_client.app.id, auth0_client.machine.id] : [auth0_client.app.id]
}

resource "auth0_action" "example" {
  name    = "A"
  runtime = "node22"
  deploy  = true
  code    = "exports.onExecutePostLogin = async (event, api) => {}; // ${var.revision}"
  supported_triggers {
    id      = "post-login"
    version = "v3"
  }
  secrets {
    name  = "S"
    value = "v${var.revision}"
  }
}

resource "auth0_trigger_actions" "login" {
  trigger = "post-login"
  actions {
    id           = auth0_action.example.id
    display_name = "A ${var.revision}"
  }
}

resource "auth0_tenant" "example" {
  friendly_name         = "Mine ${var.revision}"
  session_lifetime      = 8
  idle_session_lifetime = 4
  allowed_logout_urls   = ["https://app.example"]
  flags {
    enable_client_connections = false
  }
  session_cookie {
    mode = "non-persistent"
  }
}

resource "auth0_attack_protection" "example" {
  brute_force_protection {
    enabled      = true
    max_attempts = 5 + var.revision
    shields      = ["block"]
    mode         = "count_per_identifier"
  }
  suspicious_ip_throttling {
    enabled = true
    shields = ["block"]
    pre_login {
      max_attempts = 50
      rate         = 864000
    }
  }
  breached_password_detection {
    enabled                      = true
    shields                      = ["block"]
    method                       = "standard"
    admin_notification_frequency = ["daily"]
  }
  bot_detection {
    bot_detection_level       = "low"
    challenge_password_policy = "always"
  }
  captcha {
    active_provider_id = "auth_challenge"
    auth_challenge {
      fail_open = true
    }
  }
}

resource "auth0_prompt" "example" {
  universal_login_experience = "new"
  identifier_first           = var.revision == 1
}

resource "auth0_prompt_custom_text" "example" {
  prompt   = "login"
  language = "en"
  body     = jsonencode({ login = { title = "Hi ${var.revision}" } })
}

resource "auth0_custom_domain" "example" {
  domain     = "login.example.com"
  type       = "auth0_managed_certs"
  tls_policy = "recommended"
}

resource "auth0_custom_domain_verification" "example" {
  custom_domain_id = auth0_custom_domain.example.id
}

resource "auth0_branding" "example" {
  logo_url = "https://x.example/${var.revision}.svg"
  colors {
    primary         = "#112233"
    page_background = "#ffffff"
  }
  universal_login {
    body = "<!DOCTYPE html><html><head>{%- auth0:head -%}</head><body>{%- auth0:widget -%}${var.revision}</body></html>"
  }
  depends_on = [auth0_custom_domain_verification.example]
}

resource "auth0_branding_theme" "example" {
  display_name = "T${var.revision}"
  borders {}
  colors {
    primary_button = "#10203${var.revision}"
  }
  fonts {
    title {}
    subtitle {}
    links {}
    input_labels {}
    buttons_text {}
    body_text {}
  }
  page_background {}
  widget {}
}

resource "auth0_log_stream" "http" {
  name = "http ${var.revision}"
  type = "http"
  sink {
    http_endpoint       = "https://logs.example"
    http_content_type   = "application/json"
    http_content_format = "JSONLINES"
    http_authorization  = "secret"
  }
}

resource "auth0_log_stream" "datadog" {
  name = "datadog"
  type = "datadog"
  sink {
    datadog_region  = "eu"
    datadog_api_key = "abcdef"
  }
}

data "auth0_client" "app" { client_id = auth0_client.app.id }
data "auth0_resource_server" "api" { identifier = auth0_resource_server_scopes.api.resource_server_identifier }
data "auth0_signing_keys" "all" {}
