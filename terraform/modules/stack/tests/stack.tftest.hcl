# The whole AWS side, planned from the access.yaml and the OpenAPI documents of tests/example.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
}

variables {
  project     = "gatehouse"
  environment = "test"
  client_id   = "abc"
  login_flow  = "code"
  access      = yamldecode(file("../../../tests/example/auth0/access.yaml"))

  tokens = {
    issuer            = "https://test.eu.auth0.com/"
    signing_algorithm = "RS256"
    jwks              = "{\"keys\": [{\"kty\": \"RSA\", \"kid\": \"1\", \"use\": \"sig\", \"alg\": \"RS256\", \"n\": \"AQAB\", \"e\": \"AQAB\", \"x5c\": [\"MIIC\"], \"x5t\": \"1\"}]}"
  }

  directories  = { functions = "../../../tests/example/functions", archives = "tests/archives", site = "tests/site" }
  architecture = "x86_64"
  protect_data = true
}

run "what_every_stack_has" {
  command = plan

  # A folder with an OpenAPI document is an API.
  assert {
    condition     = keys(local.apis) == ["devices", "movies", "orders"] && keys(aws_dynamodb_table.rows) == keys(local.apis)
    error_message = "The APIs are not the folders with an openapi.yaml."
  }

  # A function may do to its table what its operations need.
  assert {
    condition     = join(" ", local.table_actions.movies) == "dynamodb:GetItem dynamodb:Scan" && local.table_actions.devices == local.table_actions.movies
    error_message = "The function of an API that only reads could write."
  }

  assert {
    condition     = join(" ", local.table_actions.orders) == "dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:Scan dynamodb:UpdateItem"
    error_message = "The function of an API that writes may do less or more than its operations need."
  }

  # The site knows the tenant and what each API needs.
  assert {
    condition = jsonencode(local.site_config.auth0) == jsonencode({
      domain = "https://test.eu.auth0.com", client_id = "abc", audience = "https://StreamingResourceServer", login_flow = "code"
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

  # A table shows the columns in the document's order by their titles.
  assert {
    condition = jsonencode(local.site_config.apis.movies.columns) == jsonencode([
      { name = "title", title = "Title" }, { name = "year", title = "Year" }, { name = "genre", title = "Genre" }, { name = "director", title = "Director" },
    ])
    error_message = "The columns are others."
  }

  # The authorizer gets the exact issuer, and only the members of keys that verify.
  assert {
    condition     = nonsensitive(local.authorizer_environment.ISSUERS) == "https://test.eu.auth0.com/"
    error_message = "Issuers are compared exactly, with the slash."
  }

  assert {
    condition = jsonencode(jsondecode(local.authorizer_environment.JWKS)) == jsonencode({
      keys = [{ kty = "RSA", kid = "1", use = "sig", alg = "RS256", n = "AQAB", e = "AQAB" }]
    })
    error_message = "The keys carry more than a verification needs."
  }

  assert {
    condition     = !contains(keys(local.authorizer_environment), "SIGNING_SECRET_ARN") && length(local.signing_secret_permissions) == 0
    error_message = "A secret and public keys must never be known together."
  }

  # Data is protected if the environment asks for it.
  assert {
    condition     = alltrue([for table in values(aws_dynamodb_table.rows) : table.deletion_protection_enabled && table.point_in_time_recovery[0].enabled])
    error_message = "A table can be destroyed or not be restored."
  }

  assert {
    condition     = length(aws_dynamodb_table_item.sample) == 0
    error_message = "A table that was to begin empty has rows."
  }
}

run "limits_that_refuse_every_request_are_refused" {
  command = plan

  variables {
    throttling = { factor = 0 }
  }

  expect_failures = [var.throttling]
}

run "a_public_list_is_one_that_needs_no_scope" {
  command = plan

  variables {
    directories = { functions = "tests/functions", archives = "tests/archives", site = "tests/site" }
  }

  assert {
    condition     = jsonencode(local.site_config.apis.movies.any_of) == "[[]]"
    error_message = "The site would close a list that is open to everybody."
  }
}

run "a_key_travels_with_all_that_decides_whether_it_may_verify" {
  command = plan

  variables {
    tokens = { issuer = "https://test.eu.auth0.com/", signing_algorithm = "RS256", jwks = "{\"keys\": [{\"kty\": \"RSA\", \"kid\": \"1\", \"n\": \"AQAB\", \"e\": \"AQAB\", \"key_ops\": [\"encrypt\"], \"d\": \"AQAB\", \"x5c\": [\"MIIC\"]}]}" }
  }

  assert {
    condition = jsonencode(jsondecode(local.authorizer_environment.JWKS)) == jsonencode({
      keys = [{ kty = "RSA", kid = "1", n = "AQAB", e = "AQAB", key_ops = ["encrypt"], d = "AQAB" }]
    })
    error_message = "The authorizer cannot refuse what it is not shown."
  }
}

run "a_custom_domain_of_the_tenant_comes_after_the_issuer_that_publishes_the_keys" {
  command = plan

  variables {
    tokens = { issuer = "https://test.eu.auth0.com/", additional_issuers = ["https://login.films.example/"], signing_algorithm = "RS256", jwks = "{\"keys\": [{\"kid\": \"1\"}]}" }
  }

  assert {
    condition     = nonsensitive(local.authorizer_environment.ISSUERS) == "https://test.eu.auth0.com/ https://login.films.example/"
    error_message = "The authorizer would fetch the keys elsewhere, or refuse the custom domain's tokens."
  }
}

run "an_additional_issuer_over_plain_http_is_refused" {
  command = plan

  variables {
    tokens = { issuer = "https://test.eu.auth0.com/", additional_issuers = ["http://login.films.example/"], signing_algorithm = "RS256", jwks = "{\"keys\": [{\"kid\": \"1\"}]}" }
  }

  expect_failures = [var.tokens]
}

run "the_same_issuer_twice_is_refused" {
  command = plan

  variables {
    tokens = { issuer = "https://test.eu.auth0.com/", additional_issuers = ["https://test.eu.auth0.com/"], signing_algorithm = "RS256", jwks = "{\"keys\": [{\"kid\": \"1\"}]}" }
  }

  expect_failures = [var.tokens]
}

run "the_authorizer_knows_a_machine_client_by_the_identifier_that_auth0_gave_it" {
  command = plan

  variables {
    access = {
      audience        = "https://api.example"
      scopes          = { "read:Movies" = "List the movies" }
      connections     = { amazon = { display_name = "Amazon", scopes = ["read:Movies"] } }
      machine_clients = { report = { display_name = "Report", scopes = ["read:Movies"] } }
    }
    machine_client_ids = { report = "AbC123" }
    directories        = { functions = "tests/functions", archives = "tests/archives", site = "tests/site" }
  }

  assert {
    condition     = jsondecode(nonsensitive(local.authorizer_environment.MACHINE_CLIENTS)) == { AbC123 = "report" }
    error_message = "A machine client's tokens would open nothing."
  }
}

run "a_machine_client_without_an_identifier_is_refused" {
  command = plan

  variables {
    machine_client_ids = { report = "AbC123" }
  }

  expect_failures = [var.machine_client_ids]
}

run "a_leeway_that_would_keep_expired_tokens_alive_is_refused" {
  command = plan

  variables {
    tokens = { issuer = "https://test.eu.auth0.com/", signing_algorithm = "RS256", jwks = "{\"keys\": [{\"kid\": \"1\"}]}", leeway_seconds = 61 }
  }

  expect_failures = [var.tokens]
}

run "keys_that_an_outage_of_an_hour_would_take_away_are_refused" {
  command = plan

  variables {
    tokens = { issuer = "https://test.eu.auth0.com/", signing_algorithm = "RS256", jwks = "{\"keys\": [{\"kid\": \"1\"}]}", stale_if_error_seconds = 7199 }
  }

  expect_failures = [var.tokens]
}

run "the_authorizer_may_read_that_one_parameter_and_decrypt_it_there_only" {
  command = plan

  variables {
    tokens = { issuer = "https://test.eu.auth0.com/", signing_algorithm = "HS256" }
  }

  override_resource {
    target          = aws_ssm_parameter.releases
    override_during = plan
    values          = { arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/gatehouse-test/releases" }
  }

  assert {
    condition = (
      local.authorizer_environment.SIGNING_SECRET_ARN == "arn:aws:ssm:eu-west-1:123456789012:parameter/gatehouse-test/signing-secret" &&
      !contains(keys(local.authorizer_environment), "JWKS")
    )
    error_message = "The authorizer would read another parameter, or know a secret and public keys together."
  }

  assert {
    condition = jsonencode(local.signing_secret_permissions) == jsonencode({
      DecryptSigningSecret = {
        actions = ["kms:Decrypt"]
        conditions = {
          "kms:EncryptionContext:PARAMETER_ARN" = "arn:aws:ssm:eu-west-1:123456789012:parameter/gatehouse-test/signing-secret"
          "kms:ViaService"                      = "ssm.eu-west-1.amazonaws.com"
        }
        resource_arns = ["arn:aws:kms:eu-west-1:123456789012:key/*"]
      }
      ReadSigningSecret = {
        actions       = ["ssm:GetParameter"]
        conditions    = {}
        resource_arns = ["arn:aws:ssm:eu-west-1:123456789012:parameter/gatehouse-test/signing-secret"]
      }
    })
    error_message = "The authorizer may do more than read its secret, or cannot read it."
  }

  expect_failures = [check.signing_algorithm]
}

run "the_implicit_flow_is_an_opt_in_with_a_warning" {
  command = plan

  variables {
    login_flow = "implicit"
  }

  assert {
    condition     = local.site_config.auth0.login_flow == "implicit"
    error_message = "The site would sign in by another flow than the tenant allows."
  }

  expect_failures = [check.login_flow]
}

run "sample_rows_keep_their_types" {
  command = plan

  variables {
    protect_data = false
    directories  = { functions = "tests/functions", archives = "tests/archives", site = "tests/site" }
  }

  assert {
    condition     = aws_dynamodb_table_item.sample["movies/1984"].item == jsonencode({ id = { S = "1984" }, title = { S = "1984" }, year = { N = "1956" } })
    error_message = "A number became a string, or a string of digits a number."
  }
}

run "a_trial_is_made" {
  state_key = "trial"

  plan_options {
    target = [terraform_data.began_with_sample_rows]
  }

  variables {
    protect_data = false
    directories  = { functions = "tests/functions", archives = "tests/archives", site = "tests/site" }
  }
}

run "its_tables_keep_their_sample_rows_in_production_and_the_plan_warns" {
  command   = plan
  state_key = "trial"

  variables {
    directories = { functions = "tests/functions", archives = "tests/archives", site = "tests/site" }
  }

  assert {
    condition     = length(aws_dynamodb_table_item.sample) == 1 && aws_dynamodb_table.rows["movies"].deletion_protection_enabled
    error_message = "Rows are taken out of a table, or it is not protected."
  }

  expect_failures = [check.sample_rows]
}

run "production_is_made" {
  state_key = "production"

  plan_options {
    target = [terraform_data.began_with_sample_rows]
  }

  variables {
    directories = { functions = "tests/functions", archives = "tests/archives", site = "tests/site" }
  }
}

run "no_sample_rows_enter_its_tables_when_it_is_production_no_more" {
  command   = plan
  state_key = "production"

  variables {
    protect_data = false
    directories  = { functions = "tests/functions", archives = "tests/archives", site = "tests/site" }
  }

  assert {
    condition     = length(aws_dynamodb_table_item.sample) == 0 && !aws_dynamodb_table.rows["movies"].deletion_protection_enabled
    error_message = "Sample rows enter a table that holds others."
  }
}

run "plain_http_is_for_this_machine" {
  command = plan

  variables {
    tokens = { issuer = "http://localhost:4580/", signing_algorithm = "RS256", jwks = "{\"keys\": [{\"kid\": \"1\"}]}" }
  }

  assert {
    condition     = local.site_config.auth0.domain == "http://localhost:4580"
    error_message = "The site would not reach the local tenant."
  }
}

run "plain_http_to_elsewhere_is_refused" {
  command = plan

  variables {
    tokens = { issuer = "http://test.eu.auth0.com/", signing_algorithm = "RS256", jwks = "{\"keys\": [{\"kid\": \"1\"}]}" }
  }

  expect_failures = [var.tokens]
}

run "an_issuer_without_its_slash_is_refused" {
  command = plan

  variables {
    tokens = { issuer = "https://test.eu.auth0.com", signing_algorithm = "RS256", jwks = "{\"keys\": [{\"kid\": \"1\"}]}" }
  }

  expect_failures = [var.tokens]
}

run "a_host_that_only_begins_like_this_machine_is_refused" {
  command = plan

  variables {
    tokens = { issuer = "http://localhost.example.com/", signing_algorithm = "RS256", jwks = "{\"keys\": [{\"kid\": \"1\"}]}" }
  }

  expect_failures = [var.tokens]
}

run "keys_that_are_none_are_refused" {
  command = plan

  variables {
    tokens = { issuer = "https://test.eu.auth0.com/", signing_algorithm = "RS256", jwks = "{\"keys\": []}" }
  }

  expect_failures = [var.tokens]
}

run "keys_that_are_no_json_are_refused" {
  command = plan

  variables {
    tokens = { issuer = "https://test.eu.auth0.com/", signing_algorithm = "RS256", jwks = "<html>" }
  }

  expect_failures = [var.tokens]
}

run "telemetry_and_keys_are_choices_of_the_environment" {
  command = plan

  variables {
    telemetry   = { log_retention_days = 30, xray = false }
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1"
  }

  assert {
    condition = alltrue([
      for table in aws_dynamodb_table.rows : table.server_side_encryption[0].kms_key_arn == "arn:aws:kms:eu-west-1:123456789012:key/1"
    ])
    error_message = "A table would not be encrypted with the environment's key."
  }

  assert {
    condition = (
      local.key_permissions.UseTheTablesKey.resource_arns == ["arn:aws:kms:eu-west-1:123456789012:key/1"] &&
      local.key_permissions.UseTheTablesKey.conditions == { "kms:ViaService" = "dynamodb.eu-west-1.amazonaws.com" }
    )
    error_message = "The functions could not read their tables, or could use the key for more."
  }
}
