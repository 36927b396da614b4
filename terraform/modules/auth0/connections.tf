locals {
  # The scopes that we request from an identity provider; Auth0 chooses those of any other strategy.
  profile_scopes = {
    amazon        = ["profile"]
    google-oauth2 = ["email", "profile"]
  }

  # An imported connection keeps the scopes that other applications need.
  scopes = {
    for name in keys(var.access.connections) :
    name => (
      lookup(local.profile_scopes, name, null) == null
      ? try(var.kept_options[name].scopes, null)
      : setunion(local.profile_scopes[name], try(coalesce(var.kept_options[name].scopes), []))
    )
  }
}

# The name equals the strategy, the part of `sub` before `|`. The Action and the authorizer decide by it.
resource "auth0_connection" "social" {
  for_each = var.preview == null ? var.access.connections : {}

  name         = each.key
  strategy     = each.key
  display_name = each.value.display_name

  options {
    client_id                = try(var.connection_credentials[each.key].client_id, null)
    client_secret            = try(var.connection_credentials[each.key].client_secret, null)
    scopes                   = local.scopes[each.key]
    set_user_root_attributes = try(coalesce(var.kept_options[each.key].set_user_root_attributes), "on_each_login")
    upstream_params          = try(coalesce(var.kept_options[each.key].upstream_params), null)
    non_persistent_attrs     = try(coalescelist(tolist(var.kept_options[each.key].non_persistent_attrs)), null)
    allowed_audiences        = try(coalescelist(tolist(var.kept_options[each.key].allowed_audiences)), null)
  }

  lifecycle {
    # Auth0 deletes a connection together with all its users, for every application of the tenant.
    prevent_destroy = true

    # Auth0 replaces all options at each change, so a connection declared without keys would lose its present keys.
    precondition {
      condition     = contains(nonsensitive(keys(var.connection_credentials)), each.key) || contains(var.development_keys_accepted, each.key)
      error_message = "Connection ${each.key} has no keys of its own, and a connection that the tenant already has would lose them: register an application with the identity provider and add its client_id and client_secret to connection_credentials, or accept Auth0's development keys by adding \"${each.key}\" to development_keys_accepted."
    }
  }
}

# A preview uses the connections that the tenant has. It makes and changes none, so nothing of them is lost with it.
data "auth0_connection" "shared" {
  for_each = var.preview == null ? {} : var.access.connections

  name = each.key

  lifecycle {
    postcondition {
      condition     = self.strategy == each.key
      error_message = "The tenant's connection ${each.key} has another strategy, so nobody could sign in by it: rename it, and make one of the strategy ${each.key}."
    }
  }
}

# One application each, not the list: other applications keep the connections that the tenant enabled for them.
resource "auth0_connection_client" "site" {
  for_each = var.access.connections

  connection_id = var.preview == null ? auth0_connection.social[each.key].id : data.auth0_connection.shared[each.key].id
  client_id     = auth0_client.site.client_id
}
