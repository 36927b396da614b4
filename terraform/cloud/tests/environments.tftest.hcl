# The values that an environment may not have; both providers are mocks, and the AWS side is left out.

mock_provider "aws" {}

mock_provider "aws" {
  alias = "us_east_1"
}

mock_provider "auth0" {
  override_data {
    target = data.auth0_tenant.current
    values = { management_api_identifier = "https://gatehouse-dev.eu.auth0.com/api/v2/" }
  }
}

override_module {
  target = module.stack
  outputs = {
    site_url         = "https://d111111abcdef8.cloudfront.net"
    api_urls         = {}
    distribution_id  = "E1"
    distribution_arn = "arn:aws:cloudfront::000000000000:distribution/E1"
    bucket_name      = "site"
    table_names      = {}
    name             = "gatehouse-dev"
    functions        = { authorizer = { name = "gatehouse-dev-authorizer", log_group_name = "/aws/lambda/gatehouse-dev-authorizer" } }
    apis             = {}
    log_group_names  = {}
  }
}

variables {
  environment    = "dev"
  production     = false
  region         = "eu-west-1"
  aws_account_id = "000000000000"
  tokens         = { issuer = "https://gatehouse-dev.eu.auth0.com/" }

  jwks = "{\"keys\": [{\"kty\": \"RSA\", \"kid\": \"1\", \"n\": \"AQAB\", \"e\": \"AQAB\"}]}"
}

run "an_environment_with_a_domain_of_its_own_is_planned" {
  command = plan

  variables {
    domain               = { aliases = ["films.example"], certificate_arn = "arn:aws:acm:us-east-1:000000000000:certificate/1" }
    additional_site_urls = ["http://gatehouse-local.localhost:4566"]
  }
}

run "a_domain_in_route_53_gets_a_certificate" {
  command = plan

  variables {
    domain = { aliases = ["films.example", "www.films.example"], hosted_zone_id = "Z123" }
  }

  assert {
    condition     = length(module.certificate) == 1
    error_message = "Nobody makes the certificate that the site needs."
  }
}

run "nothing_at_the_edge_is_made_that_nobody_asked_for" {
  command = plan

  variables {
    domain = { aliases = ["films.example"], certificate_arn = "arn:aws:acm:us-east-1:000000000000:certificate/1", hosted_zone_id = "Z123" }
  }

  assert {
    condition     = length(module.certificate) + length(module.web_acl) + length(module.edge_log) == 0
    error_message = "The plan of an existing environment would change, and its bill with it."
  }
}

run "a_web_acl_and_the_edge_s_log_are_made_on_request" {
  command = plan

  variables {
    edge = { web_acl = { action = "count" }, access_log = true }
  }

  assert {
    condition     = length(module.web_acl) == 1 && length(module.edge_log) == 1
    error_message = "The environment does not get what it asks for."
  }
}

run "two_web_acls_are_refused" {
  command = plan

  variables {
    edge = { web_acl = { action = "count" }, web_acl_arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/1" }
  }

  expect_failures = [var.edge]
}

run "a_domain_without_zone_and_certificate_is_refused" {
  command = plan

  variables {
    domain = { aliases = ["films.example"] }
  }

  expect_failures = [var.domain]
}

run "credentials_of_another_tenant_are_refused" {
  command = plan

  variables {
    tokens = { issuer = "https://gatehouse-prod.eu.auth0.com/" }
  }

  expect_failures = [data.auth0_tenant.current]
}

run "a_custom_domain_is_taken_when_its_tenant_is_named" {
  command = plan

  variables {
    tokens        = { issuer = "https://login.films.example/" }
    tenant_domain = "gatehouse-dev.eu.auth0.com"
  }
}

run "hs256_needs_no_keys" {
  command = plan

  variables {
    jwks            = null
    tokens          = { issuer = "https://gatehouse-dev.eu.auth0.com/", signing_algorithm = "HS256" }
    existing_api_id = "0123456789abcdef01234567"
  }
}

run "a_preview_with_hs256_is_refused" {
  command = plan

  variables {
    environment = "pull12"
    preview     = { audience = "https://StreamingResourceServer/pull12" }
    tokens      = { issuer = "https://gatehouse-dev.eu.auth0.com/", signing_algorithm = "HS256" }
  }

  expect_failures = [var.preview]
}

run "production_does_not_sign_in_from_localhost" {
  command = plan

  variables {
    production            = true
    origin_key_required   = true
    alarms                = { emails = ["ops@example.com"] }
    domain                = { aliases = ["films.example"], certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1" }
    additional_site_urls  = ["http://localhost:4566"]
    connection_client_ids = { amazon = "ours at Amazon", google-oauth2 = "ours at Google" }
  }

  expect_failures = [var.additional_site_urls]
}

run "a_connection_that_is_not_ours_cannot_be_taken_over" {
  command = plan

  variables {
    existing_connection_ids = { github = "con_0123456789abcdef" }
  }

  expect_failures = [var.existing_connection_ids]
}

run "production_refuses_the_development_keys" {
  command = plan

  variables {
    production          = true
    origin_key_required = true
    alarms              = { emails = ["ops@example.com"] }
    domain              = { aliases = ["films.example"], certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1" }
  }

  expect_failures = [var.connection_client_ids]
}

run "client_ids_of_an_unknown_connection_are_refused" {
  command = plan

  variables {
    connection_client_ids = { google = "ours" }
  }

  expect_failures = [var.connection_client_ids]
}

run "the_tenant_s_look_is_left_alone" {
  command = plan

  assert {
    condition     = length(module.tenant_look) == 0
    error_message = "A tenant that serves other applications must keep its look."
  }
}

run "production_says_aloud_what_its_edge_accepts" {
  command = plan

  variables {
    production = true

    connection_client_ids = { amazon = "ours at Amazon", google-oauth2 = "ours at Google" }
  }

  expect_failures = [check.own_domain, check.origin_key, check.alarm_receivers]
}

run "a_preview_is_planned_with_the_connections_of_the_tenant" {
  command = plan

  variables {
    environment = "pull12"
    preview     = { audience = "https://StreamingResourceServer/pull12" }
  }

  override_data {
    target = module.auth0.data.auth0_connection.shared["amazon"]
    values = { strategy = "amazon" }
  }

  override_data {
    target = module.auth0.data.auth0_connection.shared["google-oauth2"]
    values = { strategy = "google-oauth2" }
  }

  assert {
    condition     = local.access.audience == "https://StreamingResourceServer/pull12"
    error_message = "A preview needs an API of its own."
  }
}

run "a_preview_is_no_production" {
  command = plan

  variables {
    preview             = { audience = "https://StreamingResourceServer/pull12" }
    production          = true
    origin_key_required = true
    alarms              = { emails = ["ops@example.com"] }
    domain              = { aliases = ["films.example"], certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1" }
  }

  expect_failures = [var.preview]
}
