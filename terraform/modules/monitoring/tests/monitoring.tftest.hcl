# The alarms and the dashboard of the real alarms.yaml.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-1:123456789012:gatehouse-test-alarms" }
  }

  mock_resource "aws_cloudwatch_metric_alarm" {
    defaults = { arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:one" }
  }
}

variables {
  name        = "gatehouse-test"
  environment = "test"
  functions = {
    authorizer = { name = "gatehouse-test-authorizer", log_group_name = "/aws/lambda/gatehouse-test-authorizer" }
    movies     = { name = "gatehouse-test-movies", log_group_name = "/aws/lambda/gatehouse-test-movies" }
  }
  apis            = { movies = { name = "gatehouse-test-movies", stage_name = "live", access_log_group_name = "/aws/apigateway/gatehouse-test-movies" } }
  table_names     = ["gatehouse-test-movies"]
  distribution_id = "E1"
  settings        = { emails = [], https_urls = [], monthly_budget_usd = null, thresholds = {} }
}

run "each_alarm_has_the_dimensions_that_its_metric_is_written_with" {
  command = apply # the dashboard's body holds ARNs

  assert {
    condition = jsonencode([
      for name in ["movies-server-errors", "movies-throttled-requests", "authorizer-throttles", "denials-expired", "refusals", "keys-expiring"] : local.alarms[name].dimensions
      ]) == jsonencode([
      { ApiName = "gatehouse-test-movies", Stage = "live" },
      { api = "gatehouse-test-movies" },
      { FunctionName = "gatehouse-test-authorizer" },
      { function = "gatehouse-test-authorizer", reason = "expired" },
      { decision = "unauthorized", function = "gatehouse-test-authorizer" },
      { function = "gatehouse-test-authorizer" },
    ])
    error_message = "An alarm watches a metric that nobody writes."
  }

  assert {
    condition     = jsonencode(local.edge_alarms["site-client-errors"].dimensions) == jsonencode({ DistributionId = "E1", Region = "Global" }) && !anytrue([for alarm in values(local.alarms) : alarm.namespace == "AWS/CloudFront"])
    error_message = "CloudFront's alarms belong to us-east-1, and are no alarms of this region."
  }

  assert {
    condition     = alltrue([for alarm in values(local.defined) : !strcontains(alarm.first_step, "$ENV")]) && strcontains(local.alarms["refusals"].first_step, "ENV=test")
    error_message = "An alarm's text does not name this environment."
  }

  assert {
    condition     = alltrue([for query in values(aws_cloudwatch_query_definition.saved) : startswith(query.name, "gatehouse-test/") && length(query.log_group_names) > 0])
    error_message = "A saved query has no log group."
  }

  assert {
    condition     = alltrue([for widget in jsondecode(aws_cloudwatch_dashboard.overview.dashboard_body).widgets : widget.x + widget.width <= 24 && length(try(widget.properties.metrics, widget.properties.alarms)) > 0])
    error_message = "A widget is empty, or outside the page of 24 columns."
  }

  assert {
    condition     = length(aws_budgets_budget.month) == 0
    error_message = "Without an amount there is no budget."
  }
}

run "a_figure_is_replaced_by_the_alarm_s_name" {
  command = plan

  variables {
    settings = { emails = ["ops@example.com"], https_urls = [], monthly_budget_usd = 50, thresholds = { denials-expired = 7, site-client-errors = 60 } }
  }

  assert {
    condition     = local.alarms["denials-expired"].threshold == 7 && local.edge_alarms["site-client-errors"].threshold == 60 && local.alarms["denials-revoked"].threshold == 20
    error_message = "thresholds replaces the wrong figures."
  }

  assert {
    condition     = aws_budgets_budget.month["50"].limit_amount == "50"
    error_message = "The budget is another."
  }
}

run "a_threshold_of_no_alarm_is_refused" {
  command = plan

  variables {
    settings = { emails = [], https_urls = [], monthly_budget_usd = null, thresholds = { denials-expird = 7 } }
  }

  expect_failures = [aws_cloudwatch_dashboard.overview]
}

run "a_budget_of_nothing_is_refused" {
  command = plan

  variables {
    settings = { emails = [], https_urls = [], monthly_budget_usd = 0, thresholds = {} }
  }

  expect_failures = [var.settings]
}
