# One Lambda function from one zip. Callers reach it through the alias `live`, so that a rollback moves one pointer.

resource "aws_lambda_function" "code" {
  #checkov:skip=CKV_AWS_50:On unless an environment sets telemetry.xray to false; checkov does not read the condition
  #checkov:skip=CKV_AWS_115:Reserving concurrency fails in accounts with the initial quota of 10; the stage's throttling bounds the load
  #checkov:skip=CKV_AWS_116:Only API Gateway invokes it, synchronously; a dead-letter queue serves asynchronous invocations
  #checkov:skip=CKV_AWS_117:It reaches nothing inside a VPC
  #checkov:skip=CKV_AWS_173:Lambda encrypts the environment with an AWS managed key; a key of our own costs money and guards no more here
  #checkov:skip=CKV_AWS_272:The plan shows the hash of the zip that the build made reproducibly; a signing profile would repeat that
  function_name = var.name
  description   = var.description
  role          = aws_iam_role.execution.arn

  filename         = var.archive_path
  source_code_hash = filebase64sha256(var.archive_path)
  publish          = true

  runtime       = "python3.13"
  handler       = var.handler
  architectures = [var.architecture]
  layers        = var.layer_arns
  memory_size   = var.memory_megabytes
  timeout       = var.timeout_seconds

  environment {
    variables = var.environment_variables
  }

  logging_config {
    log_group  = aws_cloudwatch_log_group.output.name
    log_format = "Text" # the functions write their own JSON lines; Lambda's JSON format would wrap them
  }

  tracing_config {
    mode = var.xray_tracing ? "Active" : "PassThrough"
  }

  lifecycle {
    # `make revoke` writes the revocation list, and `make rotate-keys` the version of the HS256 secret. No apply may undo that.
    # Only the authorizer has them, but `ignore_changes` takes no variable, so every function ignores them.
    ignore_changes = [environment[0].variables["REVOCATIONS"], environment[0].variables["SIGNING_SECRET_VERSION"]]
  }

  # Without its permissions the first invocations would fail.
  depends_on = [aws_iam_role_policy.execution]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "The version that answers"
  function_name    = aws_lambda_function.code.function_name
  function_version = aws_lambda_function.code.version
}

resource "aws_cloudwatch_log_group" "output" {
  #checkov:skip=CKV_AWS_158:CloudWatch encrypts it unless kms_key_arn names a key; the lines hold no token, secret or personal data
  name              = "/aws/lambda/${var.name}"
  kms_key_id        = var.kms_key_arn
  retention_in_days = var.log_retention_days
}

resource "aws_iam_role" "execution" {
  name               = var.name
  description        = "What the function ${var.name} may do"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "execution" {
  name   = "execution"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

# Without a condition on aws:SourceAccount: Lambda does not document that it sends one when it assumes a role, and a condition
# on a key that is absent refuses every invocation. The same holds for API Gateway (modules/stack).
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "execution" {
  #checkov:skip=CKV_AWS_356:X-Ray's two write actions know no resources; every other statement names its own
  statement {
    sid       = "WriteItsLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.output.arn}:*"]
  }

  # CloudWatch Logs uses a customer managed key with its caller's permissions.
  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
  dynamic "statement" {
    for_each = compact([var.kms_key_arn])

    content {
      sid       = "EncryptItsLog"
      actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["logs.${split(":", statement.value)[3]}.amazonaws.com"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.xray_tracing ? ["SendTraces"] : []

    content {
      sid       = statement.value
      actions   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = var.permissions

    content {
      sid       = statement.key
      actions   = statement.value.actions
      resources = statement.value.resource_arns

      dynamic "condition" {
        for_each = statement.value.conditions

        content {
          test     = "StringEquals"
          variable = condition.key
          values   = [condition.value]
        }
      }
    }
  }
}
