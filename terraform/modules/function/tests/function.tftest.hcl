mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/gatehouse-test-movies" }
  }
}

variables {
  name                  = "gatehouse-test-movies"
  description           = "Answers the Movies API"
  archive_path          = "tests/archives/example.zip"
  handler               = "movies.handler.handler"
  architecture          = "x86_64"
  memory_megabytes      = 512
  timeout_seconds       = 10
  environment_variables = { TABLE_NAME = "gatehouse-test-movies" }
  log_retention_days    = 30
  xray_tracing          = true

  permissions = {
    ReadItsTable = {
      actions       = ["dynamodb:GetItem", "dynamodb:Scan"]
      resource_arns = ["arn:aws:dynamodb:eu-west-1:123456789012:table/gatehouse-test-movies"]
    }
  }
}

run "a_changed_zip_is_a_new_version" {
  command = plan

  assert {
    condition     = aws_lambda_function.code.publish && aws_lambda_function.code.source_code_hash == filebase64sha256("tests/archives/example.zip")
    error_message = "A change of the zip would not be published."
  }
}

run "it_may_do_what_was_listed_and_write_its_log" {
  command = plan

  override_resource {
    target          = aws_cloudwatch_log_group.output
    override_during = plan
    values          = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:test" }
  }

  assert {
    condition = jsonencode({ for statement in data.aws_iam_policy_document.execution.statement : statement.sid => statement.resources }) == jsonencode({
      WriteItsLog  = ["arn:aws:logs:eu-west-1:123456789012:log-group:test:*"]
      SendTraces   = ["*"]
      ReadItsTable = ["arn:aws:dynamodb:eu-west-1:123456789012:table/gatehouse-test-movies"]
    })
    error_message = "The role reaches more than it should."
  }
}

run "a_permission_for_everything_is_refused" {
  command = plan

  variables {
    permissions = { TooMuch = { actions = ["dynamodb:Scan"], resource_arns = ["*"] } }
  }

  expect_failures = [var.permissions]
}

run "a_zip_that_was_not_built_is_told" {
  command = plan

  variables {
    archive_path = "tests/archives/missing.zip"
  }

  expect_failures = [var.archive_path]
}

run "an_architecture_that_lambda_lacks_is_refused" {
  command = plan

  variables {
    architecture = "amd64"
  }

  expect_failures = [var.architecture]
}

run "a_function_that_has_a_list_of_revocations" {
  variables {
    environment_variables = { ISSUER = "https://a.example/", REVOCATIONS = "{\"kid:1\":1}" }
  }
}

run "a_plan_keeps_the_list_that_the_function_has" {
  command = plan

  variables {
    environment_variables = { ISSUER = "https://b.example/" }
  }

  assert {
    condition     = jsonencode(aws_lambda_function.code.environment[0].variables) == jsonencode({ ISSUER = "https://b.example/", REVOCATIONS = "{\"kid:1\":1}" })
    error_message = "An apply would take back what was revoked, or keep what is not the list."
  }
}

run "an_environment_may_do_without_traces_and_bring_its_key" {
  command = plan

  variables {
    xray_tracing = false
    kms_key_arn  = "arn:aws:kms:eu-west-1:123456789012:key/1"
  }

  assert {
    condition     = aws_lambda_function.code.tracing_config[0].mode == "PassThrough" && !contains([for one in data.aws_iam_policy_document.execution.statement : one.sid], "SendTraces")
    error_message = "A function that X-Ray does not trace would send traces, or may."
  }

  assert {
    condition     = aws_cloudwatch_log_group.output.kms_key_id == "arn:aws:kms:eu-west-1:123456789012:key/1"
    error_message = "The log would not be encrypted with the environment's key."
  }

  assert {
    condition = jsonencode([
      for one in data.aws_iam_policy_document.execution.statement : [one.resources, [for each in one.condition : [each.variable, each.values]]] if one.sid == "EncryptItsLog"
    ]) == jsonencode([[["arn:aws:kms:eu-west-1:123456789012:key/1"], [["kms:ViaService", ["logs.eu-west-1.amazonaws.com"]]]]])
    error_message = "The function could not write its encrypted log, or could use the key for more."
  }
}
