# One alarm, its text, and its receivers.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-1:123456789012:gatehouse-test-alarms" }
  }
}

variables {
  name = "gatehouse-test"
  alarms = {
    slow = {
      namespace         = "AWS/ApiGateway"
      metric            = "Latency"
      dimensions        = { ApiName = "gatehouse-test-movies" }
      statistic         = "p99"
      period_seconds    = 300
      evaluated_periods = 3
      alarming_periods  = 2
      comparison        = "GreaterThanOrEqualToThreshold"
      threshold         = 3000
      meaning           = "It is slow."
      first_step        = "Look at the dashboard."
      runbook           = "latency"
    }
  }
  receivers = { emails = ["ops@example.com"], https_urls = ["https://pager.example/sns"] }
}

run "an_alarm_tells_what_it_means_and_where_to_read_on" {
  command = apply

  assert {
    condition     = aws_cloudwatch_metric_alarm.alarm["slow"].alarm_description == "It is slow. Look at the dashboard. See docs/runbooks/latency.md."
    error_message = "The text is another."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.alarm["slow"].extended_statistic == "p99" && aws_cloudwatch_metric_alarm.alarm["slow"].statistic == null
    error_message = "A percentile is an extended statistic."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.alarm["slow"].treat_missing_data == "notBreaching" && aws_cloudwatch_metric_alarm.alarm["slow"].alarm_actions == toset([aws_sns_topic.alarms.arn])
    error_message = "Silence is no alarm, and an alarm tells the topic."
  }

  assert {
    condition     = aws_sns_topic_subscription.email["ops@example.com"].protocol == "email" && aws_sns_topic_subscription.https["https://pager.example/sns"].protocol == "https"
    error_message = "Somebody is not told."
  }
}

run "no_alarm_may_watch_errors" {
  command = plan

  variables {
    alarms = {
      errors = {
        namespace         = "AWS/Lambda"
        metric            = "Errors"
        dimensions        = { FunctionName = "gatehouse-test-authorizer" }
        statistic         = "Sum"
        period_seconds    = 300
        evaluated_periods = 1
        alarming_periods  = 1
        comparison        = "GreaterThanOrEqualToThreshold"
        threshold         = 1
        meaning           = "Errors."
        first_step        = "Look."
        runbook           = "errors"
      }
    }
  }

  expect_failures = [var.alarms]
}

run "a_receiver_s_address_is_checked" {
  command = plan

  variables {
    receivers = { emails = ["ops"], https_urls = ["http://pager.example"] }
  }

  expect_failures = [var.receivers]
}
