output "name" {
  description = "Name of the REST API in AWS."
  value       = aws_api_gateway_rest_api.api.name
}

output "stage_name" {
  description = "Name of the live stage."
  value       = aws_api_gateway_stage.live.stage_name
}

output "invoke_url" {
  description = "Address of the stage, as AWS gives it."
  value       = aws_api_gateway_stage.live.invoke_url
}

output "domain_name" {
  description = "Host of the stage, for CloudFront."
  value       = split("/", trimprefix(aws_api_gateway_stage.live.invoke_url, "https://"))[0]
}

output "access_log_group_name" {
  description = "Name of the access log's log group."
  value       = aws_cloudwatch_log_group.access.name
}

output "id" {
  description = "Identifier of the REST API."
  value       = aws_api_gateway_rest_api.api.id
}
