# Creates the alarms of alarms.yaml, one for each thing that it watches. `settings.thresholds` replaces single thresholds.

module "alarms" {
  source = "../alarms"

  name      = var.name
  alarms    = local.alarms
  receivers = local.receivers
}

locals {
  receivers = { emails = var.settings.emails, https_urls = var.settings.https_urls }

  # What an alarm watches => the prefix of its name => its dimensions.
  things = {
    api        = { for api, stage in var.apis : "${api}-" => { ApiName = stage.name, Stage = stage.stage_name } }
    function   = { for function, each in var.functions : "${function}-" => { FunctionName = each.name } }
    authorizer = { "" = { function = var.functions.authorizer.name } }
    site       = { "site-" = { DistributionId = var.distribution_id, Region = "Global" } }
  }

  # "movies-server-errors" => the alarm of alarms.yaml, with its dimensions.
  defined = merge(flatten([
    for name, alarm in yamldecode(file("${path.module}/alarms.yaml")) : [
      for prefix, dimensions in local.things[alarm.each] : [
        {
          for key, threshold in try(alarm.thresholds, { "" = alarm.threshold }) :
          join("-", compact(["${prefix}${name}", key])) => {
            each              = alarm.each
            namespace         = alarm.namespace
            metric            = alarm.metric
            statistic         = alarm.statistic
            period_seconds    = alarm.period_seconds
            evaluated_periods = alarm.evaluated_periods
            alarming_periods  = alarm.alarming_periods
            comparison        = { at_least = "GreaterThanOrEqualToThreshold", at_most = "LessThanOrEqualToThreshold" }[alarm.comparison]
            threshold         = lookup(var.settings.thresholds, join("-", compact(["${prefix}${name}", key])), threshold)
            meaning           = alarm.meaning
            first_step        = replace(alarm.first_step, "$ENV", var.environment)
            runbook           = alarm.runbook
            dimensions = merge(
              alarm.metric == "throttled_requests" ? { api = dimensions.ApiName } : dimensions,
              try(alarm.dimensions, {}),
              { for name in ["reason"] : name => key if key != "" },
            )
          }
        }
      ]
    ]
  ])...)

  alarms = { for name, alarm in local.defined : name => alarm if alarm.each != "site" }

  # CloudFront's metrics exist only in us-east-1, so the root declares these alarms there.
  edge_alarms = { for name, alarm in local.defined : name => alarm if alarm.each == "site" }

  unknown_thresholds = setsubtract(keys(var.settings.thresholds), keys(local.defined))
}

resource "aws_cloudwatch_log_metric_filter" "throttled_requests" {
  for_each = var.apis

  name           = "${each.value.name}-throttled-requests"
  log_group_name = each.value.access_log_group_name
  pattern        = "{ $.status = \"429\" }"

  metric_transformation {
    namespace  = "Gatehouse"
    name       = "throttled_requests"
    value      = "1"
    unit       = "Count"
    dimensions = { api = "$.api" }
  }
}
