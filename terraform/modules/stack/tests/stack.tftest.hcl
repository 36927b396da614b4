# The whole AWS side, planned from the real access.yaml and OpenAPI documents.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
}

variables {
  project             = "gatehouse"
  environment         = "test"
  issuer              = "https://test.eu.auth0.com/"
  client_id           = "abc"
  jwks                = "{\"keys\": [{\"kty\": \"RSA\", \"kid\": \"1\", \"use\": \"sig\", \"alg\": \"RS256\", \"n\": \"AQAB\", \"e\": \"AQAB\", \"x5c\": [\"MIIC\"], \"x5t\": \"1\"}]}"
  access              = yamldecode(file("../../../auth0/access.yaml"))
  functions_directory = "../../../functions"
  archives_directory  = "tests/archives"
  site_directory      = "tests/site"
  architecture        = "x86_64"
  sample_rows         = false
  protect_data        = true
}

run "a_folder_with_an_openapi_document_is_an_api" {
  command = plan

  assert {
    condition     = keys(local.apis) == ["devices", "movies"] && keys(aws_dynamodb_table.rows) == ["devices", "movies"]
    error_message = "The APIs are not the folders with an openapi.yaml."
  }
}

run "the_site_is_told_the_tenant_and_what_each_api_needs" {
  command = plan

  assert {
    condition = jsonencode(local.site_config.auth0) == jsonencode({
      domain = "https://test.eu.auth0.com", client_id = "abc", audience = "https://StreamingResourceServer", response_type = "code"
    })
    error_message = "The site would ask another tenant, or for another audience."
  }

  assert {
    condition     = jsonencode(local.site_config.apis.movies.any_of) == "[[\"read:Movies\"]]" && local.site_config.apis.movies.path == "/api/movies"
    error_message = "The site would not know what the list of movies needs, or where it is."
  }

  assert {
    condition     = jsonencode(local.site_config.connections) == jsonencode(var.access.connections) && jsonencode(local.site_config.scopes) == jsonencode(var.access.scopes)
    error_message = "The site's connections and scopes are not those of access.yaml."
  }
}

run "a_table_shows_the_columns_in_the_document_s_order_by_their_titles" {
  command = plan

  assert {
    condition = jsonencode(local.site_config.apis.movies.columns) == jsonencode([
      { name = "title", title = "Title" }, { name = "year", title = "Year" }, { name = "genre", title = "Genre" }, { name = "director", title = "Director" },
    ])
    error_message = "The columns are others."
  }
}

run "the_authorizer_gets_the_exact_issuer_and_only_what_verifies" {
  command = plan

  assert {
    condition     = local.authorizer_environment.ISSUER == "https://test.eu.auth0.com/"
    error_message = "Issuers are compared exactly, with the slash."
  }

  assert {
    condition = jsonencode(jsondecode(local.authorizer_environment.JWKS)) == jsonencode({
      keys = [{ kty = "RSA", kid = "1", use = "sig", alg = "RS256", n = "AQAB", e = "AQAB" }]
    })
    error_message = "The keys carry more than a verification needs."
  }

  assert {
    condition     = keys(local.authorizer_environment) == ["ISSUER", "JWKS"]
    error_message = "A secret and public keys must never be known together."
  }
}

run "a_tenant_that_signs_with_a_secret_has_no_keys" {
  command = plan

  variables {
    signing_algorithm = "HS256"
    signing_secret    = "not-a-real-secret-of-at-least-32-bytes"
    jwks              = "{\"keys\": []}"
  }

  assert {
    condition     = nonsensitive(local.authorizer_environment.SIGNING_SECRET) == "not-a-real-secret-of-at-least-32-bytes" && keys(local.authorizer_environment) == ["ISSUER", "SIGNING_ALGORITHM", "SIGNING_SECRET"]
    error_message = "A secret and public keys must never be known together."
  }
}

run "a_secret_without_its_algorithm_is_refused" {
  command = plan

  variables {
    signing_secret = "not-a-real-secret-of-at-least-32-bytes"
  }

  expect_failures = [var.signing_secret]
}

run "data_is_protected_where_that_was_asked_for" {
  command = plan

  assert {
    condition     = alltrue([for table in values(aws_dynamodb_table.rows) : table.deletion_protection_enabled && table.point_in_time_recovery[0].enabled])
    error_message = "A table can be destroyed or not be restored."
  }

  assert {
    condition     = length(aws_dynamodb_table_item.sample) == 0
    error_message = "A table that was to begin empty has rows."
  }
}

run "sample_rows_keep_their_types" {
  command = plan

  variables {
    sample_rows         = true
    functions_directory = "tests/functions"
  }

  assert {
    condition     = aws_dynamodb_table_item.sample["movies/1984"].item == jsonencode({ id = { S = "1984" }, title = { S = "1984" }, year = { N = "1956" } })
    error_message = "A number became a string, or a string of digits a number."
  }
}

run "plain_http_is_for_this_machine" {
  command = plan

  variables {
    issuer = "http://localhost:4580/"
  }

  assert {
    condition     = local.site_config.auth0.domain == "http://localhost:4580"
    error_message = "The site would not reach the local tenant."
  }
}

run "plain_http_to_elsewhere_is_refused" {
  command = plan

  variables {
    issuer = "http://test.eu.auth0.com/"
  }

  expect_failures = [var.issuer]
}

run "an_issuer_without_its_slash_is_refused" {
  command = plan

  variables {
    issuer = "https://test.eu.auth0.com"
  }

  expect_failures = [var.issuer]
}

run "a_host_that_only_begins_like_this_machine_is_refused" {
  command = plan

  variables {
    issuer = "http://localhost.example.com/"
  }

  expect_failures = [var.issuer]
}

run "keys_that_are_none_are_refused" {
  command = plan

  variables {
    jwks = "{\"keys\": []}"
  }

  expect_failures = [var.jwks]
}

run "keys_that_are_no_json_are_refused" {
  command = plan

  variables {
    jwks = "<html>"
  }

  expect_failures = [var.jwks]
}
