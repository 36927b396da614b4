output "site_url" {
  description = "Address of the site as AWS gives it; the emulator serves it at http://gatehouse-local.localhost and its port."
  value       = module.stack.site_url
}

output "api_urls" {
  description = "Address of each API's stage as AWS gives it, by the API's name."
  value       = module.stack.api_urls
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
  description = "Name of each API's table, by the API's name."
  value       = module.stack.table_names
}

output "log_group_names" {
  description = "Name of each log group, by its writer."
  value       = module.stack.log_group_names
}
