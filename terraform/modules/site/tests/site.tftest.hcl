mock_provider "aws" {
  # Forms that the provider checks.
  mock_resource "aws_cloudfront_function" {
    defaults        = { arn = "arn:aws:cloudfront::123456789012:function/test" }
    override_during = plan
  }

  mock_resource "aws_cloudfront_distribution" {
    defaults        = { arn = "arn:aws:cloudfront::123456789012:distribution/TEST", domain_name = "test.cloudfront.net" }
    override_during = plan
  }

  mock_resource "aws_cloudfront_response_headers_policy" {
    defaults        = { id = "headers" }
    override_during = plan
  }

  mock_resource "aws_cloudfront_key_value_store" {
    defaults        = { arn = "arn:aws:cloudfront::123456789012:key-value-store/test" }
    override_during = plan
  }

  mock_resource "aws_s3_bucket" {
    defaults        = { arn = "arn:aws:s3:::gatehouse-test-site", bucket_regional_domain_name = "gatehouse-test-site.s3.eu-west-1.amazonaws.com" }
    override_during = plan
  }
}

variables {
  name            = "gatehouse-test"
  bucket_name     = "gatehouse-test-site"
  site_directory  = "tests/site"
  config          = { auth0 = { domain = "https://test.eu.auth0.com" } }
  tenant_origin   = "https://test.eu.auth0.com"
  aliases         = []
  certificate_arn = null

  wait_for_deployment     = true
  expire_earlier_versions = true

  apis = {
    movies         = { domain_name = "a1.execute-api.eu-west-1.amazonaws.com", stage_name = "live" }
    movies-archive = { domain_name = "a2.execute-api.eu-west-1.amazonaws.com", stage_name = "live" }
    devices        = { domain_name = "a3.execute-api.eu-west-1.amazonaws.com", stage_name = "live" }
  }
}

run "what_every_site_has" {
  command = plan

  # Only the distribution reads the bucket, and only by TLS.
  assert {
    condition = jsonencode([for statement in jsondecode(aws_s3_bucket_policy.files.policy).Statement : [statement.Effect, statement.Principal, statement.Condition]]) == jsonencode([
      ["Allow", { Service = "cloudfront.amazonaws.com" }, { StringEquals = { "AWS:SourceArn" = "arn:aws:cloudfront::123456789012:distribution/TEST" } }],
      ["Deny", "*", { Bool = { "aws:SecureTransport" = "false" } }],
    ])
    error_message = "The bucket's policy lets others in."
  }

  assert {
    condition     = alltrue([for name in ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"] : aws_s3_bucket_public_access_block.files[name]])
    error_message = "The bucket could be made public."
  }

  # An earlier version of a file is kept for thirty days.
  assert {
    condition     = aws_s3_bucket_versioning.files.versioning_configuration[0].status == "Enabled"
    error_message = "`make rollback` needs the page's earlier versions"
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.files[0].rule[0].noncurrent_version_expiration[0].noncurrent_days == 30
    error_message = "Earlier versions are not kept for 30 days"
  }

  # A file with a hash in its name is cached; every other file is checked at each visit.
  assert {
    condition = { for key, file in aws_s3_object.file : key => file.cache_control } == {
      "assets/app-1A2B3C4D.js" = "public, max-age=31536000, immutable"
      "files.json"             = "no-cache"
      "robots.txt"             = "no-cache"
    }
    error_message = "A browser may keep a file that a deployment changes, or asks again for one that never changes."
  }

  assert {
    condition     = [aws_s3_object.page.key, aws_s3_object.page.cache_control, aws_s3_object.config.key, aws_s3_object.config.cache_control] == ["index.html", "no-cache", "config.json", "no-store"]
    error_message = "The page or its configuration could outlive a deployment in a browser."
  }

  # A browser gets the type that the build lists.
  assert {
    condition     = [aws_s3_object.page.content_type, aws_s3_object.file["assets/app-1A2B3C4D.js"].content_type, aws_s3_object.config.content_type] == ["text/html; charset=utf-8", "text/javascript; charset=utf-8", "application/json"]
    error_message = "With nosniff, a wrong content type is a broken page."
  }

  # The edge knows the names of the files.
  assert {
    condition     = strcontains(aws_cloudfront_function.edge["page_or_file"].code, "var PLAIN_FILES = [\"config.json\",\"files.json\",\"index.html\",\"robots.txt\"];")
    error_message = "The edge would answer a file's address with the page, or a page's with an error of the bucket."
  }

  # An API with a longer name is not hidden, and unknown ones come last.
  assert {
    condition = aws_cloudfront_distribution.site.ordered_cache_behavior[*].path_pattern == tolist([
      "/api/movies-archive*", "/api/devices*", "/api/movies*", "/api/*", "/icons/*",
    ])
    error_message = "CloudFront takes the first pattern that matches, and that is the wrong one."
  }

  # No answer of an API is cached, and every request to an API uses TLS.
  assert {
    condition = alltrue([
      for behavior in aws_cloudfront_distribution.site.ordered_cache_behavior : behavior.cache_policy_id == data.aws_cloudfront_cache_policy.none.id if startswith(behavior.path_pattern, "/api/")
    ]) && data.aws_cloudfront_cache_policy.none.name == "Managed-CachingDisabled"
    error_message = "CloudFront may keep what one visitor was answered, and give it to another."
  }

  assert {
    condition = alltrue(flatten([
      for origin in aws_cloudfront_distribution.site.origin : [for custom in origin.custom_origin_config : custom.origin_protocol_policy == "https-only"]
    ]))
    error_message = "A token could travel in the clear."
  }

  # The edge reads the origin key, and Terraform does not know it.
  assert {
    condition     = aws_cloudfront_function.edge["strip_api_prefix"].key_value_store_associations == toset([aws_cloudfront_key_value_store.secrets.arn])
    error_message = "The APIs would not know a request of the distribution."
  }

  assert {
    condition     = alltrue([for origin in aws_cloudfront_distribution.site.origin : length(origin.custom_header) == 0])
    error_message = "A header of an origin is in the state, in clear."
  }

  # An error is never turned into a page and never cached for the next visitor.
  assert {
    condition = alltrue([
      for response in aws_cloudfront_distribution.site.custom_error_response : response.response_page_path == null && response.response_code == null && response.error_caching_min_ttl == 0
    ])
    error_message = "Custom error responses are distribution-wide: an API's 403 would become a page, or one visitor's 500 everybody's."
  }

  # CloudFront caches these even with no-store: Developer Guide, "How CloudFront caches HTTP 4xx and 5xx status codes".
  assert {
    condition     = length(setsubtract([404, 414, 500, 501, 502, 503, 504], aws_cloudfront_distribution.site.custom_error_response[*].error_code)) == 0
    error_message = "CloudFront would keep an error for ten seconds."
  }

  # The page connects only to its own origin and to the tenant.
  assert {
    condition = toset(split("; ", aws_cloudfront_response_headers_policy.site["own"].security_headers_config[0].content_security_policy[0].content_security_policy)) == toset([
      "default-src 'none'", "script-src 'self'", "style-src 'self'", "require-trusted-types-for 'script'", "trusted-types 'none'", "img-src 'self' https://lh3.googleusercontent.com",
      "connect-src 'self' https://test.eu.auth0.com", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "frame-src https://test.eu.auth0.com",
    ])
    error_message = "The content security policy is another."
  }

  assert {
    condition = alltrue([
      for behavior in concat(aws_cloudfront_distribution.site.default_cache_behavior, aws_cloudfront_distribution.site.ordered_cache_behavior) :
      contains(values(aws_cloudfront_response_headers_policy.site)[*].id, behavior.response_headers_policy_id) && behavior.viewer_protocol_policy == "redirect-to-https"
    ])
    error_message = "A part of the site is served without the security headers, or in the clear."
  }

  # A function's answer has the headers of every other answer.
  assert {
    condition = jsondecode(regex("var SECURITY_HEADERS = (.*);\n", aws_cloudfront_function.edge["page_or_file"].code)[0]) == {
      content-security-policy      = aws_cloudfront_response_headers_policy.site["own"].security_headers_config[0].content_security_policy[0].content_security_policy
      cross-origin-opener-policy   = "same-origin"
      cross-origin-resource-policy = "same-origin"
      permissions-policy           = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
      referrer-policy              = "no-referrer"
      strict-transport-security    = "max-age=63072000"
      x-content-type-options       = "nosniff"
      x-frame-options              = "DENY"
    }
    error_message = "The edge's own 404 lacks a header."
  }

  # Other sites may show the icons, and nothing else.
  assert {
    condition = {
      for name, policy in aws_cloudfront_response_headers_policy.site : name => one([for item in policy.custom_headers_config[0].items : item.value if item.header == "cross-origin-resource-policy"])
    } == { own = "same-origin", shared = "cross-origin" }
    error_message = "Another site could embed an answer, or the sign-in page not show the logo."
  }
}

run "more_apis_than_cloudfront_takes_are_refused_with_the_quota_s_name" {
  command = plan

  variables {
    edge = { cache_behaviors_quota = 5 }
  }

  expect_failures = [aws_cloudfront_distribution.site]
}

run "the_apis_and_three_more_are_the_behaviors_of_the_distribution" {
  command = plan

  variables {
    edge = { cache_behaviors_quota = 6 }
  }

  assert {
    condition     = length(aws_cloudfront_distribution.site.ordered_cache_behavior) + length(aws_cloudfront_distribution.site.default_cache_behavior) == 6
    error_message = "The plan counts the cache behaviors wrongly."
  }
}

run "a_team_that_wants_reports_gets_them" {
  command = plan

  variables {
    edge = { report_url = "https://reports.example.com/csp" }
  }

  assert {
    condition = strcontains(aws_cloudfront_response_headers_policy.site["own"].security_headers_config[0].content_security_policy[0].content_security_policy, "report-to violations") && anytrue([
      for item in aws_cloudfront_response_headers_policy.site["own"].custom_headers_config[0].items : item.header == "reporting-endpoints" && item.value == "violations=\"https://reports.example.com/csp\""
    ])
    error_message = "Violations are not reported, or to nobody."
  }
}

run "subdomains_are_bound_to_https_only_where_their_owner_says_so" {
  command = plan

  variables {
    edge = { hsts_include_subdomains = true }
  }

  assert {
    condition     = aws_cloudfront_response_headers_policy.site["own"].security_headers_config[0].strict_transport_security[0].include_subdomains && strcontains(aws_cloudfront_function.edge["page_or_file"].code, "max-age=63072000; includeSubDomains")
    error_message = "The policy of subdomains is not the one asked for."
  }
}

run "a_domain_of_its_own_brings_its_certificate" {
  command = plan

  variables {
    aliases         = ["movies.example.com"]
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1"
  }

  assert {
    condition     = output.url == "https://movies.example.com" && aws_cloudfront_distribution.site.viewer_certificate[0].minimum_protocol_version == "TLSv1.2_2021"
    error_message = "The domain is not the site's address, or old TLS may reach it."
  }
}

run "a_domain_without_a_certificate_is_refused" {
  command = plan

  variables {
    aliases = ["movies.example.com"]
  }

  expect_failures = [var.certificate_arn]
}

run "a_certificate_of_another_region_is_refused" {
  command = plan

  variables {
    aliases         = ["movies.example.com"]
    certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
  }

  expect_failures = [var.certificate_arn]
}

run "a_site_that_was_not_built_is_told" {
  command = plan

  variables {
    site_directory = "tests/missing"
  }

  expect_failures = [var.site_directory]
}

run "a_domain_in_route_53_gets_its_records" {
  command = plan

  variables {
    aliases         = ["movies.example.com"]
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1"
    hosted_zone_id  = "Z123"
  }

  assert {
    condition     = { for record in aws_route53_record.alias : record.type => record.alias[0].name } == { A = "test.cloudfront.net", AAAA = "test.cloudfront.net" }
    error_message = "The domain does not lead to the distribution, or by IPv4 only."
  }
}

run "the_bucket_s_own_log_goes_where_the_environment_says" {
  command = plan

  variables {
    edge = { access_log_bucket = "company-logs" }
  }

  assert {
    condition     = aws_s3_bucket_logging.files["company-logs"].target_prefix == "gatehouse-test-site/"
    error_message = "Requests for the files are not logged, or among those of other buckets."
  }
}

run "a_zone_without_a_domain_is_refused" {
  command = plan

  variables {
    hosted_zone_id = "Z123"
  }

  expect_failures = [var.hosted_zone_id]
}

run "a_web_acl_of_a_region_is_refused" {
  command = plan

  variables {
    edge = { web_acl_arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/site/1" }
  }

  expect_failures = [var.edge]
}
