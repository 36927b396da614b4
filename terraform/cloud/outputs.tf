output "site_url" {
  description = "Address of the site."
  value       = module.stack.site_url
}

output "api_urls" {
  description = "Addresses of the APIs' stages, by name."
  value       = module.stack.api_urls
}

output "client_id" {
  description = "Client id of the site's application in the tenant."
  value       = module.auth0.client_id
}

output "machine_client_ids" {
  description = "Client ids of the machine clients in the tenant, by name; Auth0 shows each one's secret."
  value       = module.auth0.machine_client_ids
}

output "distribution_id" {
  description = "Identifier of the distribution."
  value       = module.stack.distribution_id
}

output "bucket_name" {
  description = "Name of the site's bucket."
  value       = module.stack.bucket_name
}

output "table_names" {
  description = "Names of the tables, by API."
  value       = module.stack.table_names
}

output "log_group_names" {
  description = "Names of the log groups, by their writers."
  value       = module.stack.log_group_names
}
