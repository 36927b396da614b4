output "edge_alarms" {
  description = "The alarms on CloudFront's metrics, for module alarms in us-east-1."
  value       = local.edge_alarms
}

output "receivers" {
  description = "Recipients of the alarms, for module alarms in us-east-1."
  value       = local.receivers
}

output "topic_arn" {
  description = "ARN of the topic of the alarms."
  value       = module.alarms.topic_arn
}
