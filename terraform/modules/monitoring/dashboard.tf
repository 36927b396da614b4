# One page for the person on call: first the alarms, then a request's way from the edge to the table.

resource "aws_cloudwatch_dashboard" "overview" {
  dashboard_name = var.name

  lifecycle {
    precondition {
      condition     = length(local.unknown_thresholds) == 0
      error_message = "alarms.thresholds names ${join(", ", local.unknown_thresholds)}, which is not an alarm. The alarms are ${join(", ", keys(local.defined))}."
    }
  }
  dashboard_body = jsonencode({
    widgets = concat(
      [{
        type       = "alarm"
        x          = 0
        y          = 0
        width      = 24
        height     = 4
        properties = { title = "Alarms", alarms = values(module.alarms.arns) }
      }],
      [for index, graph in local.graphs : {
        type   = "metric"
        x      = index % 2 * 12
        y      = 4 + floor(index / 2) * 6
        width  = 12
        height = 6
        properties = {
          title   = graph.title
          region  = graph.region
          stat    = graph.stat
          period  = 300
          view    = "timeSeries"
          metrics = graph.metrics
        }
      }],
    )
  })
}

locals {
  region = split(":", module.alarms.topic_arn)[3]
  stages = [for api in var.apis : ["ApiName", api.name, "Stage", api.stage_name]]

  graphs = [
    {
      title   = "Edge: 4xx and 5xx of all answers, in percent"
      region  = "us-east-1"
      stat    = "Average"
      metrics = [for metric in ["4xxErrorRate", "5xxErrorRate"] : ["AWS/CloudFront", metric, "DistributionId", var.distribution_id, "Region", "Global"]]
    },
    {
      title   = "APIs: requests, 4xx and 5xx"
      region  = local.region
      stat    = "Sum"
      metrics = concat([for metric in ["Count", "4XXError", "5XXError"] : [for stage in local.stages : concat(["AWS/ApiGateway", metric], stage)]]...)
    },
    {
      title   = "APIs: latency of the slowest call of a hundred, in milliseconds"
      region  = local.region
      stat    = "p99"
      metrics = concat([for metric in ["Latency", "IntegrationLatency"] : [for stage in local.stages : concat(["AWS/ApiGateway", metric], stage)]]...)
    },
    {
      title   = "Authorizer: decisions by reason"
      region  = local.region
      stat    = "Sum"
      metrics = [[{ id = "reasons", expression = "SEARCH('{Gatehouse,function,reason} MetricName=\"decisions\" function=\"${var.functions.authorizer.name}\"', 'Sum', 300)" }]]
    },
    {
      title   = "Authorizer: latency of decisions, in microseconds"
      region  = local.region
      stat    = "p99"
      metrics = [for decision in ["allow", "deny", "unauthorized"] : ["Gatehouse", "latency_us", "function", var.functions.authorizer.name, "decision", decision]]
    },
    {
      title   = "Authorizer: keys and revocation list"
      region  = local.region
      stat    = "Sum"
      metrics = [for metric in ["failed_key_renewals", "unreadable_revocations"] : ["Gatehouse", metric, "function", var.functions.authorizer.name]]
    },
    {
      title   = "Functions: concurrency and throttles"
      region  = local.region
      stat    = "Maximum"
      metrics = concat([for metric in ["ConcurrentExecutions", "Throttles"] : [for function in var.functions : ["AWS/Lambda", metric, "FunctionName", function.name]]]...)
    },
    {
      title   = "Functions: duration of the slowest invocation of a hundred, in milliseconds"
      region  = local.region
      stat    = "p99"
      metrics = [for function in var.functions : ["AWS/Lambda", "Duration", "FunctionName", function.name]]
    },
    {
      title   = "Tables: read capacity, and requests that DynamoDB throttled"
      region  = local.region
      stat    = "Sum"
      metrics = concat([for metric in ["ConsumedReadCapacityUnits", "ReadThrottleEvents"] : [for table in var.table_names : ["AWS/DynamoDB", metric, "TableName", table]]]...)
    },
  ]
}
