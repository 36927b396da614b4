output "client_id" {
  description = "Client id of the single-page application."
  value       = auth0_client.site.client_id
}

output "connection_ids" {
  description = "Ids of the connections, by name."
  value       = { for name, connection in auth0_connection.social : name => connection.id }
}
