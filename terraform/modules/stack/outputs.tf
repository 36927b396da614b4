output "site_url" {
  description = "Address of the site, without a slash at the end"
  value       = module.site.url
}

output "api_urls" {
  description = "Address of each API's stage, by the API's name"
  value       = { for api, rest_api in module.rest_api : api => rest_api.invoke_url }
}

output "distribution_id" {
  description = "Identifier of the distribution"
  value       = module.site.distribution_id
}

output "bucket_name" {
  description = "Name of the site's bucket"
  value       = module.site.bucket_name
}

output "table_names" {
  description = "Name of each API's table, by the API's name"
  value       = { for api, table in aws_dynamodb_table.rows : api => table.name }
}

output "log_group_names" {
  description = "Name of each log group, by what writes it"
  value = merge(
    { authorizer = module.authorizer.log_group_name },
    { for api, function in module.api_function : api => function.log_group_name },
    { for api, rest_api in module.rest_api : "${api} access" => rest_api.access_log_group_name },
  )
}
