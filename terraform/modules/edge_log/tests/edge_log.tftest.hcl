mock_provider "aws" {
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/cloudfront/gatehouse-test" }
  }

  mock_resource "aws_cloudwatch_log_delivery_destination" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:delivery-destination:gatehouse-test-edge" }
  }
}

variables {
  name             = "gatehouse-test"
  distribution_arn = "arn:aws:cloudfront::123456789012:distribution/E1"
}

run "a_visit_is_logged_without_its_visitor_and_without_a_sign_in_s_code" {
  assert {
    condition     = length(setintersection(aws_cloudwatch_log_delivery.visits.record_fields, ["cs-uri-query", "cs(Cookie)", "cs(Referer)", "c-ip", "c-port", "x-forwarded-for"])) == 0
    error_message = "The log would hold a code, a token or a visitor's address."
  }

  assert {
    condition     = length(setsubtract(["date", "time", "cs-method", "cs-uri-stem", "sc-status", "x-edge-request-id", "time-taken"], aws_cloudwatch_log_delivery.visits.record_fields)) == 0
    error_message = "The log would not say which request got which answer."
  }

  assert {
    condition     = aws_cloudwatch_log_delivery_source.distribution.resource_arn == "arn:aws:cloudfront::123456789012:distribution/E1" && aws_cloudwatch_log_delivery_source.distribution.log_type == "ACCESS_LOGS"
    error_message = "Another log would be delivered."
  }
}
