output "site_url" {
  description = "Address of the site."
  value       = module.stack.site_url
}

output "api_urls" {
  description = "Addresses of the APIs through the distribution, by name."
  value       = module.stack.api_urls
}

output "client_id" {
  description = "Client id of the site's application in the tenant."
  value       = module.auth0.client_id
}
