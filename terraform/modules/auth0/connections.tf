# The name equals the strategy, the part of `sub` before `|`. The Action and the authorizer decide by it.
#
# No `options`, because they hold the secret at Google or Amazon, and the provider writes all options that it can read into the
# state. Without `options` it sends none, so an apply neither sets nor deletes those of the tenant. `make secret` sets them
# (docs/decisions/0033-which-secrets-are-in-terraforms-state.md).
resource "auth0_connection" "social" {
  for_each = var.preview == null ? var.access.connections : {}

  name         = each.key
  strategy     = each.key
  display_name = each.value.display_name

  lifecycle {
    # Auth0 deletes a connection together with all its users, for every application of the tenant.
    prevent_destroy = true
  }
}

# A preview uses the tenant's connections. It creates and changes none, so its end deletes none.
data "auth0_connection" "shared" {
  for_each = var.preview == null ? {} : var.access.connections

  name = each.key

  lifecycle {
    postcondition {
      condition     = self.strategy == each.key
      error_message = "The tenant's connection ${each.key} has another strategy, so nobody could sign in with it: rename it, and create one with the strategy ${each.key}."
    }
  }
}

# One application for each, instead of the whole list, so that other applications keep their connections.
resource "auth0_connection_client" "site" {
  for_each = var.access.connections

  connection_id = var.preview == null ? auth0_connection.social[each.key].id : data.auth0_connection.shared[each.key].id
  client_id     = auth0_client.site.client_id
}
