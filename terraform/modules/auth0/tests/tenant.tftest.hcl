# What the data promises, asserted on plans; the provider is a mock, so no tenant is needed.

mock_provider "auth0" {}

variables {
  access = {
    audience = "https://api.example"
    scopes   = { "read:Movies" = "List the movies", "read:Devices" = "List the devices" }
    connections = {
      amazon        = { display_name = "Amazon", scopes = ["read:Movies"] }
      google-oauth2 = { display_name = "Google", scopes = ["read:Devices"] }
    }
  }
  branding                     = yamldecode(file("../../../auth0/branding.yaml"))
  action_code                  = "exports.onExecutePostLogin = async () => {};"
  site_urls                    = ["https://site.example/"]
  own_connection_keys_required = false
}

run "the_api_is_the_audience_with_every_scope" {
  command = plan

  assert {
    condition     = auth0_resource_server.apis.identifier == "https://api.example" && auth0_resource_server.apis.signing_alg == "RS256"
    error_message = "The API must be the audience of access.yaml, signed with RS256."
  }

  assert {
    condition     = tomap({ for scope in auth0_resource_server_scopes.apis.scopes : scope.name => scope.description }) == var.access.scopes
    error_message = "The API must have exactly the scopes of access.yaml."
  }
}

run "only_our_application_may_ask_for_the_api" {
  command = plan

  assert {
    condition = (
      auth0_resource_server.apis.subject_type_authorization[0].user[0].policy == "require_client_grant" &&
      auth0_resource_server.apis.subject_type_authorization[0].client[0].policy == "deny_all"
    )
    error_message = "Applications without a grant, and machines, must get no token for the API."
  }

  assert {
    condition     = toset(auth0_client_grant.site.scopes) == toset(keys(var.access.scopes)) && auth0_client_grant.site.subject_type == "user"
    error_message = "The site must be granted the scopes of access.yaml on behalf of its user."
  }
}

run "the_application_uses_code_and_rotating_refresh_tokens" {
  command = plan

  assert {
    condition     = toset(auth0_client.site.grant_types) == toset(["authorization_code", "refresh_token"])
    error_message = "The grants must be exactly authorization_code and refresh_token."
  }

  assert {
    condition = (
      auth0_client.site.refresh_token[0].rotation_type == "rotating" &&
      auth0_client.site.refresh_token[0].expiration_type == "expiring" &&
      auth0_client.site.jwt_configuration[0].alg == "RS256"
    )
    error_message = "Refresh tokens must rotate and expire, and ID tokens be signed with RS256."
  }

  assert {
    condition = (
      auth0_client.site.callbacks == tolist(["https://site.example"]) &&
      auth0_client.site.web_origins == tolist(["https://site.example"]) &&
      auth0_client.site.skip_non_verifiable_callback_uri_confirmation_prompt == null
    )
    error_message = "Callbacks are bare origins, and a public site keeps Auth0's confirmation."
  }
}

run "a_developer_on_localhost_is_not_asked_at_every_reload" {
  command = plan

  variables {
    site_urls = ["https://site.example", "http://localhost:4566"]
  }

  assert {
    condition = (
      auth0_client.site.callbacks == tolist(["https://site.example", "http://localhost:4566"]) &&
      auth0_client.site.skip_non_verifiable_callback_uri_confirmation_prompt == "true"
    )
    error_message = "A localhost address must be a callback that works without a prompt."
  }
}

run "the_implicit_flow_is_an_opt_in_and_its_grant_the_only_one" {
  command = plan

  variables {
    login_flow = "implicit"
  }

  assert {
    condition     = toset(auth0_client.site.grant_types) == toset(["implicit"])
    error_message = "The application must be allowed the flow that the site uses, and no other."
  }
}

run "a_machine_client_gets_its_own_application_and_the_scopes_of_the_access_file" {
  command = plan

  variables {
    access = {
      audience        = "https://api.example"
      scopes          = { "read:Movies" = "List the movies", "read:Devices" = "List the devices" }
      connections     = { amazon = { display_name = "Amazon", scopes = ["read:Movies"] } }
      machine_clients = { report = { display_name = "Nightly report", scopes = ["read:Devices"] } }
    }
  }

  assert {
    condition = (
      auth0_client.machine["report"].name == "Nightly report" && auth0_client.machine["report"].app_type == "non_interactive" &&
      auth0_client.machine["report"].grant_types == tolist(["client_credentials"])
    )
    error_message = "A machine client must be an application of its own that nobody can sign in with."
  }

  assert {
    condition = (
      auth0_client_grant.machine["report"].scopes == tolist(["read:Devices"]) && auth0_client_grant.machine["report"].subject_type == "client" &&
      auth0_resource_server.apis.subject_type_authorization[0].client[0].policy == "require_client_grant"
    )
    error_message = "A machine client must get its scopes of access.yaml, and machines without a grant nothing."
  }

  assert {
    condition     = keys(output.machine_client_ids) == ["report"]
    error_message = "The authorizer could not tell whose token it is."
  }
}

run "a_machine_client_cannot_be_granted_an_undeclared_scope" {
  command = plan

  variables {
    access = {
      audience        = "https://api.example"
      scopes          = { "read:Movies" = "List the movies" }
      connections     = { amazon = { display_name = "Amazon", scopes = ["read:Movies"] } }
      machine_clients = { report = { display_name = "Nightly report", scopes = ["read:movies"] } }
    }
  }

  expect_failures = [var.access]
}

run "roles_limit_nothing_until_the_access_file_says_so" {
  command = plan

  assert {
    condition     = !auth0_resource_server.apis.enforce_policies && auth0_resource_server.apis.token_dialect == "access_token"
    error_message = "Tokens must carry no permissions that the authorizer does not count."
  }
}

run "roles_and_the_claim_permissions_are_switched_on_together" {
  command = plan

  variables {
    access = {
      audience                  = "https://api.example"
      scopes                    = { "read:Movies" = "List the movies" }
      connections               = { amazon = { display_name = "Amazon", scopes = ["read:Movies"] } }
      role_based_access_control = true
    }
  }

  assert {
    condition     = auth0_resource_server.apis.enforce_policies && auth0_resource_server.apis.token_dialect == "access_token_authz"
    error_message = "Role-based access control without permissions in the token, or the other way round."
  }
}

run "hs256_is_an_opt_in_for_access_tokens_only" {
  command = plan

  variables {
    api_signing_algorithm = "HS256"
    signing_secret        = "0123456789abcdef0123456789abcdef"
  }

  assert {
    condition     = auth0_resource_server.apis.signing_alg == "HS256" && auth0_client.site.jwt_configuration[0].alg == "RS256"
    error_message = "HS256 must sign the API's tokens and leave ID tokens on RS256."
  }
}

run "hs256_without_a_secret_is_refused" {
  command = plan

  variables {
    api_signing_algorithm = "HS256"
  }

  expect_failures = [var.signing_secret]
}

run "the_connections_are_those_of_the_access_file_and_open_to_the_application" {
  command = plan

  assert {
    condition     = { for name, connection in auth0_connection.social : name => connection.strategy } == { for name in keys(var.access.connections) : name => name }
    error_message = "Every connection must be named for its strategy."
  }

  assert {
    condition     = toset(keys(auth0_connection_client.site)) == toset(keys(var.access.connections))
    error_message = "Every connection must be open to the application."
  }
}

run "production_refuses_the_development_keys" {
  command = plan

  variables {
    own_connection_keys_required = true
    connection_credentials       = { amazon = { client_id = "ours", client_secret = "secret" } }
  }

  expect_failures = [auth0_connection.social["google-oauth2"]]
}

run "keys_of_an_unknown_connection_are_refused" {
  command = plan

  variables {
    connection_credentials = { google = { client_id = "ours", client_secret = "secret" } }
  }

  expect_failures = [var.connection_credentials]
}

run "the_action_carries_the_access_rules_and_runs_at_login" {
  command = plan

  assert {
    condition     = jsondecode(regex("^const ACCESS = (.*);\n", auth0_action.grant_scopes.code)[0]) == jsondecode(jsonencode(var.access))
    error_message = "The Action's first line must define ACCESS as the access rules."
  }

  assert {
    condition     = endswith(auth0_action.grant_scopes.code, "\n${var.action_code}") && auth0_action.grant_scopes.deploy && auth0_trigger_action.grant_scopes.trigger == "post-login"
    error_message = "The Action must be our code, deployed and bound to post-login."
  }
}

run "a_connection_cannot_grant_an_undeclared_scope" {
  command = plan

  variables {
    access = {
      audience    = "https://api.example"
      scopes      = { "read:Movies" = "List the movies" }
      connections = { amazon = { display_name = "Amazon", scopes = ["read:movies"] } }
    }
  }

  expect_failures = [var.access]
}

run "a_callback_with_a_wildcard_is_refused" {
  command = plan

  variables {
    site_urls = ["https://*.example"]
  }

  expect_failures = [var.site_urls]
}

run "the_sign_in_page_looks_as_the_branding_file_says" {
  command = plan

  assert {
    condition = (
      auth0_branding.sign_in.logo_url == "https://site.example/icons/gatehouse.svg" &&
      auth0_branding_theme.sign_in.widget[0].logo_url == "https://site.example/icons/gatehouse.svg"
    )
    error_message = "The logo must be the file that the site serves, at its address."
  }

  assert {
    condition = alltrue([
      for name, colour in var.branding.theme.colors : auth0_branding_theme.sign_in.colors[0][name] == colour
    ])
    error_message = "A colour of branding.yaml did not reach the theme."
  }

  assert {
    condition = alltrue(concat(
      [for name, value in var.branding.theme.borders : auth0_branding_theme.sign_in.borders[0][name] == value],
      [for name, value in var.branding.theme.widget : auth0_branding_theme.sign_in.widget[0][name] == value],
      [for name, value in var.branding.theme.page_background : auth0_branding_theme.sign_in.page_background[0][name] == value],
    ))
    error_message = "A shape or a place of branding.yaml did not reach the theme."
  }

  assert {
    condition = (
      auth0_prompt_custom_text.sign_in.body == jsonencode({ login = var.branding.texts }) &&
      auth0_prompt.sign_in.universal_login_experience == "new"
    )
    error_message = "The texts must be those of the screen `login`, on the page that shows them."
  }
}
