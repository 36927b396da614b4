output "log_group_name" {
  description = "Name, in us-east-1, of the log of visits."
  value       = aws_cloudwatch_log_group.visits.name
}
