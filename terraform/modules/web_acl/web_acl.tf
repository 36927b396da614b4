# The requests that AWS WAF refuses at the edge, before they cost a function or an API call.

resource "aws_wafv2_web_acl" "edge" {
  name        = "${var.name}-edge"
  description = "Refuses or counts what AWS's managed rules and the rate rule match"
  scope       = "CLOUDFRONT"

  default_action {
    allow {}
  }

  dynamic "rule" {
    for_each = local.managed_rule_groups

    content {
      name     = rule.value
      priority = rule.key + 1

      override_action {
        dynamic "count" {
          for_each = local.counting
          content {}
        }

        dynamic "none" {
          for_each = local.blocking
          content {}
        }
      }

      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.value
        }
      }

      visibility_config {
        metric_name                = rule.value
        cloudwatch_metrics_enabled = true
        sampled_requests_enabled   = false # a sample shows every header, also the access token
      }
    }
  }

  # First, because it is the cheapest to evaluate.
  rule {
    name     = "rate"
    priority = 0

    action {
      dynamic "count" {
        for_each = local.counting
        content {}
      }

      dynamic "block" {
        for_each = local.blocking

        content {
          custom_response {
            response_code = 429
          }
        }
      }
    }

    statement {
      rate_based_statement {
        aggregate_key_type    = "IP"
        evaluation_window_sec = 300
        limit                 = var.requests_per_address
      }
    }

    visibility_config {
      metric_name                = "rate"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = false
    }
  }

  visibility_config {
    metric_name                = "edge"
    cloudwatch_metrics_enabled = true
    sampled_requests_enabled   = false
  }
}

locals {
  # https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
  managed_rule_groups = ["AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesCommonRuleSet"]

  counting = var.action == "count" ? [true] : []
  blocking = var.action == "block" ? [true] : []
}

# A log line for each request that a rule matched; AWS requires the prefix of the name.
resource "aws_cloudwatch_log_group" "matches" {
  #checkov:skip=CKV_AWS_158:CloudWatch encrypts it already; the lines hold no token and no query
  #checkov:skip=CKV_AWS_338:A line holds a visitor's address, which is personal data: it is kept as long as it helps, not a year
  name              = "aws-waf-logs-${var.name}-edge"
  retention_in_days = var.log_retention_days
}

resource "aws_wafv2_web_acl_logging_configuration" "edge" {
  resource_arn            = aws_wafv2_web_acl.edge.arn
  log_destination_configs = [aws_cloudwatch_log_group.matches.arn]

  logging_filter {
    default_behavior = "DROP"

    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"

      dynamic "condition" {
        for_each = ["BLOCK", "COUNT", "EXCLUDED_AS_COUNT"]

        content {
          action_condition {
            action = condition.value
          }
        }
      }
    }
  }

  # The query holds a sign-in's code.
  redacted_fields {
    query_string {}
  }

  dynamic "redacted_fields" {
    for_each = ["authorization", "cookie", "referer"]

    content {
      single_header {
        name = redacted_fields.value
      }
    }
  }
}
