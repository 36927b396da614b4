# Alarms on CloudWatch metrics, and the topic that notifies people. CloudWatch reaches only topics in its own region.

resource "aws_cloudwatch_metric_alarm" "alarm" {
  for_each = var.alarms

  alarm_name        = "${var.name}-${each.key}"
  alarm_description = "${each.value.meaning} ${each.value.first_step} See docs/runbooks/${each.value.runbook}.md."

  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  period              = each.value.period_seconds
  evaluation_periods  = each.value.evaluated_periods
  datapoints_to_alarm = each.value.alarming_periods
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching" # no metric has a value while nobody calls, or while nothing is wrong

  alarm_actions = [aws_sns_topic.alarms.arn]
  ok_actions    = [aws_sns_topic.alarms.arn]
}

resource "aws_sns_topic" "alarms" {
  #checkov:skip=CKV_AWS_26:CloudWatch cannot publish to a topic that SNS's own key encrypts; a key of our own costs money, and the messages hold no personal data
  name         = "${var.name}-alarms"
  display_name = "${var.name} alarms"
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.publish.json
}

data "aws_iam_policy_document" "publish" {
  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_caller_identity" "current" {}

# Each receiver has to confirm once, with a link that AWS sends.
resource "aws_sns_topic_subscription" "email" {
  for_each = var.receivers.emails

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_sns_topic_subscription" "https" {
  for_each = var.receivers.https_urls

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "https"
  endpoint  = each.value
}
