# The promises of the data, checked on plans; the provider is a mock, so the tests need no tenant.

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
  logo                  = "icons/gatehouse.svg"
  action_code           = "exports.onExecutePostLogin = async () => {};"
  site_urls             = ["https://site.example/"]
  api_signing_algorithm = "RS256"
  login_flow            = "code"
}

run "what_every_tenant_gets" {
  command = plan

  # The API is the audience with every scope.
  assert {
    condition     = auth0_resource_server.apis[0].identifier == "https://api.example" && auth0_resource_server.apis[0].signing_alg == "RS256"
    error_message = "The API must be the audience of access.yaml, signed with RS256."
  }

  assert {
    condition     = tomap({ for scope in auth0_resource_server_scopes.apis.scopes : scope.name => scope.description }) == var.access.scopes
    error_message = "The API must have exactly the scopes of access.yaml."
  }

  # Only our application may ask for the API.
  assert {
    condition = (
      auth0_resource_server.apis[0].subject_type_authorization[0].user[0].policy == "require_client_grant" &&
      auth0_resource_server.apis[0].subject_type_authorization[0].client[0].policy == "deny_all"
    )
    error_message = "Applications without a grant, and machines, must get no token for the API."
  }

  assert {
    condition     = toset(auth0_client_grant.site.scopes) == toset(keys(var.access.scopes)) && auth0_client_grant.site.subject_type == "user"
    error_message = "The site must be granted the scopes of access.yaml on behalf of its user."
  }

  # The application uses code and rotating refresh tokens.
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

  # Roles limit nothing unless the access file says so.
  assert {
    condition     = !auth0_resource_server.apis[0].enforce_policies && auth0_resource_server.apis[0].token_dialect == "access_token"
    error_message = "Tokens must carry no permissions that the authorizer does not count."
  }

  # The connections are those of the access file and open to the application.
  assert {
    condition     = { for name, connection in auth0_connection.social : name => connection.strategy } == { for name in keys(var.access.connections) : name => name }
    error_message = "Every connection must be named for its strategy."
  }

  assert {
    condition     = toset(keys(auth0_connection_client.site)) == toset(keys(var.access.connections))
    error_message = "Every connection must be open to the application."
  }

  # The Action recognises the site by its audience.
  assert {
    condition     = auth0_client.site.client_metadata.gatehouse_audience == "https://api.example"
    error_message = "The Action would let any connection sign in at the site."
  }

  # The Action contains the access rules and runs at login.
  assert {
    condition     = jsondecode(regex("^const ACCESS = (.*);\n", auth0_action.grant_scopes.code)[0]) == jsondecode(jsonencode(var.access))
    error_message = "The Action's first line must define ACCESS as the access rules."
  }

  assert {
    condition     = endswith(auth0_action.grant_scopes.code, "\n${var.action_code}") && auth0_action.grant_scopes.deploy && auth0_trigger_action.grant_scopes.trigger == "post-login"
    error_message = "The Action must be our code, deployed and bound to post-login."
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
      auth0_resource_server.apis[0].subject_type_authorization[0].client[0].policy == "require_client_grant"
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
    condition     = auth0_resource_server.apis[0].enforce_policies && auth0_resource_server.apis[0].token_dialect == "access_token_authz"
    error_message = "Role-based access control without permissions in the token, or the other way round."
  }
}

run "with_hs256_terraform_declares_the_scopes_and_grants_but_not_the_api_whose_secret_it_would_keep" {
  command = plan

  variables {
    api_signing_algorithm = "HS256"
  }

  assert {
    condition     = length(auth0_resource_server.apis) == 0 && auth0_client.site.jwt_configuration[0].alg == "RS256"
    error_message = "The state would hold the API's secret, or ID tokens would be signed with HS256."
  }

  assert {
    condition = (
      auth0_resource_server_scopes.apis.resource_server_identifier == "https://api.example" &&
      length(auth0_resource_server_scopes.apis.scopes) == 2 &&
      auth0_client_grant.site.audience == "https://api.example"
    )
    error_message = "The API that `make secret` makes would have no scopes, or the site no grant for it."
  }
}

run "the_lifetime_of_a_token_and_consent_are_those_of_the_file_of_settings" {
  command = plan

  assert {
    condition = (
      { for name in keys(local.api.settings) : name => tostring(auth0_resource_server.apis[0][name]) }
      == { for name, value in local.api.settings : name => tostring(value) }
    )
    error_message = "A setting of api.yaml does not reach the API."
  }
}

run "a_bookmarked_sign_in_page_leads_back_to_the_site" {
  command = plan

  variables {
    site_urls = ["http://localhost:4566", "https://site.example", "https://www.site.example"]
  }

  assert {
    condition     = auth0_client.site.initiate_login_uri == "https://site.example"
    error_message = "Auth0 must know the site's first https address."
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

run "a_preview_uses_the_connections_of_the_tenant_and_names_the_rest_after_itself" {
  command = plan

  variables {
    preview = "pull12"
    access = {
      audience = "https://api.example/pull12"
      scopes   = { "read:Movies" = "List the movies" }
      connections = {
        amazon        = { display_name = "Amazon", scopes = ["read:Movies"] }
        google-oauth2 = { display_name = "Google", scopes = [] }
      }
      machine_clients = { importer = { display_name = "Importer", scopes = ["read:Movies"] } }
    }
  }

  override_data {
    target = data.auth0_connection.shared["amazon"]
    values = { id = "con_1", strategy = "amazon" }
  }

  override_data {
    target = data.auth0_connection.shared["google-oauth2"]
    values = { id = "con_2", strategy = "google-oauth2" }
  }

  assert {
    condition     = length(auth0_connection.social) == 0
    error_message = "A preview must neither make nor take over a connection: its removal would remove it for everybody."
  }

  assert {
    condition     = { for name, one in auth0_connection_client.site : name => one.connection_id } == { amazon = "con_1", google-oauth2 = "con_2" }
    error_message = "The preview's site must sign in by the connections that the tenant has."
  }

  assert {
    condition = (
      auth0_action.grant_scopes.name == "grant-scopes-pull12" && auth0_client.site.name == "AWSDemo pull12" &&
      auth0_client.machine["importer"].name == "Importer pull12" && auth0_resource_server.apis[0].identifier == "https://api.example/pull12"
    )
    error_message = "Two previews of one tenant must have no name in common."
  }
}

run "a_preview_refuses_a_connection_that_only_has_the_name" {
  command = plan

  variables {
    preview = "pull12"
  }

  override_data {
    target = data.auth0_connection.shared["amazon"]
    values = { id = "con_1", strategy = "oidc" }
  }

  override_data {
    target = data.auth0_connection.shared["google-oauth2"]
    values = { id = "con_2", strategy = "google-oauth2" }
  }

  expect_failures = [data.auth0_connection.shared]
}
