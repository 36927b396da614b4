# Programs that request tokens for themselves (RFC 6749 section 4.4). Auth0 generates each secret and shows it to the
# tenant's owner; Terraform does not output it.
resource "auth0_client" "machine" {
  for_each = var.access.machine_clients

  name            = join(" ", compact([each.value.display_name, var.preview]))
  description     = "Machine client ${each.key} of access.yaml; declared in Terraform"
  app_type        = "non_interactive"
  is_first_party  = true
  oidc_conformant = true
  grant_types     = ["client_credentials"]

  jwt_configuration {
    alg = "RS256"
  }
}

# It may request only these scopes; the authorizer ignores any others.
resource "auth0_client_grant" "machine" {
  for_each = var.access.machine_clients

  client_id    = auth0_client.machine[each.key].client_id
  audience     = auth0_resource_server_scopes.apis.resource_server_identifier
  subject_type = "client"
  scopes       = each.value.scopes
}
