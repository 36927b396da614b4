# CloudFront's access log (standard logging, version 2), without the fields that name a visitor or hold a secret.

resource "aws_cloudwatch_log_group" "visits" {
  #checkov:skip=CKV_AWS_158:CloudWatch encrypts it already; the lines hold no token, secret or personal data
  name              = "/aws/cloudfront/${var.name}"
  retention_in_days = var.log_retention_days
}

resource "aws_cloudwatch_log_delivery_source" "distribution" {
  name         = "${var.name}-edge"
  log_type     = "ACCESS_LOGS"
  resource_arn = var.distribution_arn
}

resource "aws_cloudwatch_log_delivery_destination" "visits" {
  name          = "${var.name}-edge"
  output_format = "json"

  delivery_destination_configuration {
    destination_resource_arn = aws_cloudwatch_log_group.visits.arn
  }
}

resource "aws_cloudwatch_log_delivery" "visits" {
  delivery_source_name     = aws_cloudwatch_log_delivery_source.distribution.name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.visits.arn

  # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
  # Omitted: the query (a sign-in's code), Cookie and Referer, and the visitor's address, port and X-Forwarded-For.
  record_fields = [
    "date", "time", "x-edge-location", "sc-bytes", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status", "cs(User-Agent)",
    "x-edge-result-type", "x-edge-request-id", "x-host-header", "cs-protocol", "cs-bytes", "time-taken", "ssl-protocol", "ssl-cipher",
    "x-edge-response-result-type", "cs-protocol-version", "time-to-first-byte", "x-edge-detailed-result-type", "sc-content-type",
    "sc-content-len",
  ]
}
