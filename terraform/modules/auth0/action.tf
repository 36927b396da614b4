resource "auth0_action" "grant_scopes" {
  name    = join("-", compact(["grant-scopes", var.preview])) # unique in a tenant
  runtime = "node22"
  deploy  = true
  code    = "const ACCESS = ${jsonencode(var.access)};\n${var.action_code}"

  supported_triggers {
    id      = "post-login"
    version = "v3"
  }
}

# One binding instead of the whole list, so that other Actions of the tenant keep their places in the flow.
resource "auth0_trigger_action" "grant_scopes" {
  trigger      = "post-login"
  action_id    = auth0_action.grant_scopes.id
  display_name = auth0_action.grant_scopes.name
}
