output "name" {
  description = "First part of every name: `<project>-<environment>`."
  value       = local.name
}

output "functions" {
  description = "Name and log group of each function, the authorizer's as `authorizer`, an API's by the API's name."
  value       = { for key, function in merge({ authorizer = module.authorizer }, module.api_function) : key => { name = function.name, log_group_name = function.log_group_name } }
}

output "apis" {
  description = "Name, stage and access log of each REST API, by the API's name."
  value = {
    for api, rest_api in module.rest_api : api => { name = rest_api.name, stage_name = rest_api.stage_name, access_log_group_name = rest_api.access_log_group_name }
  }
}

output "site_url" {
  description = "Address of the site, without a final slash."
  value       = module.site.url
}

output "api_urls" {
  description = "Address of each API's stage, by the API's name."
  value       = { for api, rest_api in module.rest_api : api => rest_api.invoke_url }
}

output "distribution_id" {
  description = "Identifier of the distribution."
  value       = module.site.distribution_id
}

output "distribution_arn" {
  description = "ARN of the distribution."
  value       = module.site.distribution_arn
}

output "bucket_name" {
  description = "Name of the site's bucket."
  value       = module.site.bucket_name
}

output "table_names" {
  description = "Name of each API's table, by the API's name."
  value       = { for api, table in aws_dynamodb_table.rows : api => table.name }
}

output "log_group_names" {
  description = "Name of each log group, by its writer."
  value = merge(
    { authorizer = module.authorizer.log_group_name },
    { for api, function in module.api_function : api => function.log_group_name },
    { for api, rest_api in module.rest_api : "${api} access" => rest_api.access_log_group_name },
  )
}
