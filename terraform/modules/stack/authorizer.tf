# The authorizer's settings, and the role by which API Gateway invokes it.

locals {
  authorizer = {
    invoke_arn         = module.authorizer.invoke_arn
    role_arn           = aws_iam_role.authorizer_invocation.arn
    result_ttl_seconds = 300 # saves nearly every invocation; `make revoke` empties the cache
  }

  # `make plan` has checked and reduced the keys (functions/authorizer/jwks.py). For a set from elsewhere, this removes only the
  # certificates, because a function's environment holds at most 4 KB; the authorizer checks the rest.
  jwks = jsonencode({
    keys = [for key in jsondecode(var.tokens.jwks).keys : { for member, value in key : member => value if !startswith(member, "x5") }]
  })

  # One algorithm only: an authorizer that accepts both could verify a forged HS256 token with the public key.
  verification = {
    RS256 = { JWKS = local.jwks, JWKS_FETCHED_AT = terraform_data.jwks_fetched_at.output }
    HS256 = { SIGNING_ALGORITHM = "HS256", SIGNING_SECRET_ARN = local.signing_secret_arn }
  }

  authorizer_environment = merge(local.verification[var.tokens.signing_algorithm], {
    ISSUERS                = join(" ", concat([var.tokens.issuer], var.tokens.additional_issuers)) # the first one publishes the keys
    MACHINE_CLIENTS        = jsonencode({ for name, client_id in var.machine_client_ids : client_id => name })
    LEEWAY_SECONDS         = tostring(var.tokens.leeway_seconds)
    STALE_IF_ERROR_SECONDS = tostring(var.tokens.stale_if_error_seconds)
  })
}

# The time of the plan that first had these keys, from which a container computes their age. It changes only with the
# keys, so that a plan without other changes is empty.
resource "terraform_data" "jwks_fetched_at" {
  input            = plantimestamp()
  triggers_replace = [local.jwks]

  lifecycle {
    ignore_changes = [input]
  }
}

# The key of the hash that is a user's pseudonym in the logs, so that guessing user identifiers does not reverse it. The build makes
# a random key, and a layer brings it to the authorizer as a file: Terraform keeps every variable of a function in its state, but of
# a layer only the archive's hash (docs/decisions/0033).
resource "aws_lambda_layer_version" "subject_hash_key" {
  layer_name  = "${local.name}-subject-hash-key"
  description = "The key of the users' pseudonyms in the logs"
  filename    = "${var.directories.archives}/subject-hash-key.zip"

  lifecycle {
    ignore_changes = [filename] # the key never changes, so that pseudonyms of today and of last month match
  }
}

resource "aws_iam_role" "authorizer_invocation" {
  name               = "${local.name}-authorizer-invocation"
  description        = "Lets API Gateway invoke the authorizer, and nothing else"
  assume_role_policy = data.aws_iam_policy_document.api_gateway_trust.json
}

resource "aws_iam_role_policy" "authorizer_invocation" {
  name   = "invoke"
  role   = aws_iam_role.authorizer_invocation.id
  policy = data.aws_iam_policy_document.authorizer_invocation.json
}

data "aws_iam_policy_document" "api_gateway_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "authorizer_invocation" {
  statement {
    actions   = ["lambda:InvokeFunction"]
    resources = [module.authorizer.alias_arn]
  }
}
