output "client_id" {
  description = "Client id of the single-page application."
  value       = auth0_client.site.client_id
}

output "machine_client_ids" {
  description = "Client ids of the machine clients, by their names in access.yaml."
  value       = { for name, client in auth0_client.machine : name => client.client_id }
}

output "connection_ids" {
  description = "Ids of the connections, by name."
  value       = { for name, connection in auth0_connection.social : name => connection.id }
}
