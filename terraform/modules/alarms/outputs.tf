output "topic_arn" {
  description = "ARN of the topic that the alarms publish to."
  value       = aws_sns_topic.alarms.arn
}

output "arns" {
  description = "ARN of each alarm, by its name in `alarms`."
  value       = { for key, alarm in aws_cloudwatch_metric_alarm.alarm : key => alarm.arn }
}
