output "arn" {
  description = "ARN of the web ACL, for the distribution."
  value       = aws_wafv2_web_acl.edge.arn
}

output "log_group_name" {
  description = "Name, in us-east-1, of the log of matched requests."
  value       = aws_cloudwatch_log_group.matches.name
}
