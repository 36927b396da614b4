mock_provider "aws" {}

variables {
  name                 = "gatehouse-test"
  action               = "block"
  requests_per_address = 2000
}

# A web ACL has a deep schema: each run takes a second, and one that applies takes five.
run "aws_s_rules_refuse_and_their_log_has_no_token_and_no_code" {
  command = plan

  assert {
    condition = {
      for rule in aws_wafv2_web_acl.edge.rule : try(rule.statement[0].managed_rule_group_statement[0].name, rule.name) => length(try(rule.override_action[0].none, [])) + length(try(rule.action[0].block, [])) if true
      } == {
      rate                                  = 1
      AWSManagedRulesAmazonIpReputationList = 1
      AWSManagedRulesKnownBadInputsRuleSet  = 1
      AWSManagedRulesCommonRuleSet          = 1
    }
    error_message = "A rule is missing, or counts where it has to refuse."
  }

  assert {
    condition     = one([for rule in aws_wafv2_web_acl.edge.rule : rule.action[0].block[0].custom_response[0].response_code if rule.name == "rate"]) == 429
    error_message = "A visitor who is too fast would not learn it from the answer."
  }

  assert {
    condition     = aws_wafv2_web_acl.edge.scope == "CLOUDFRONT" && length(aws_wafv2_web_acl.edge.default_action[0].allow) == 1
    error_message = "CloudFront would not take it, or nobody would get in."
  }

  assert {
    condition     = length([for field in aws_wafv2_web_acl_logging_configuration.edge.redacted_fields : field if length(field.query_string) == 1]) == 1 && toset(flatten([for field in aws_wafv2_web_acl_logging_configuration.edge.redacted_fields : field.single_header[*].name])) == toset(["authorization", "cookie", "referer"])
    error_message = "A token or a sign-in's code would be in the log."
  }

  assert {
    condition     = !anytrue(concat([aws_wafv2_web_acl.edge.visibility_config[0].sampled_requests_enabled], [for rule in aws_wafv2_web_acl.edge.rule : rule.visibility_config[0].sampled_requests_enabled]))
    error_message = "WAF's console would show the headers of a sample, access tokens among them."
  }

  assert {
    condition     = aws_wafv2_web_acl_logging_configuration.edge.logging_filter[0].default_behavior == "DROP" && startswith(aws_cloudwatch_log_group.matches.name, "aws-waf-logs-")
    error_message = "Every visit would be logged, or AWS would refuse the log group's name."
  }
}

run "counting_refuses_nobody" {
  command = plan

  variables {
    action = "count"
  }

  assert {
    condition     = alltrue([for rule in aws_wafv2_web_acl.edge.rule : length(try(rule.override_action[0].count, [])) + length(try(rule.action[0].count, [])) == 1])
    error_message = "A rule would refuse a visitor before anybody saw whom it matches."
  }
}

run "an_unknown_action_is_refused" {
  command = plan

  variables {
    action = "captcha"
  }

  expect_failures = [var.action]
}

run "a_limit_that_aws_refuses_is_refused" {
  command = plan

  variables {
    requests_per_address = 5
  }

  expect_failures = [var.requests_per_address]
}
