output "client_id" {
  description = "Client id of the single-page application."
  value       = auth0_client.site.client_id
}

output "machine_client_ids" {
  description = "Client ids of the machine clients, by their names in access.yaml."
  value       = { for name, client in auth0_client.machine : name => client.client_id }
}
