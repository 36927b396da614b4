# HS256 only: the authorizer reads the secret from the parameter store at its first decision. In the function's
# environment, everyone who may read the function's configuration would see it.

#
# Terraform cannot compare a write-only value, so 28 bits of its hash tell it that the secret is another one. They help
# nobody to guess it: any token allows as many guesses as anybody wants (docs/decisions/0016).
resource "aws_ssm_parameter" "signing_secret" {
  #checkov:skip=CKV_AWS_337:Encrypted with the account's own key for the parameter store; another costs money and guards no more here
  count = var.tokens.signing_algorithm == "HS256" ? 1 : 0

  name             = "/${local.name}/signing-secret"
  description      = "Secret with which the tenant signs access tokens; anyone who reads it can make tokens"
  type             = "SecureString"
  value_wo         = var.tokens.signing_secret # write-only: neither the state nor the resource's plan has it
  value_wo_version = parseint(substr(sha256(var.tokens.signing_secret), 0, 7), 16)
}

locals {
  # https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
  signing_secret_permissions = merge([
    for arn in aws_ssm_parameter.signing_secret[*].arn : {
      ReadSigningSecret = {
        actions       = ["ssm:GetParameter"]
        resource_arns = [arn]
        conditions    = {}
      }
      DecryptSigningSecret = {
        actions       = ["kms:Decrypt"]
        resource_arns = [replace(replace(arn, ":ssm:", ":kms:"), "/:parameter/.*$/", ":key/*")]
        conditions = {
          "kms:ViaService"                      = "ssm.${split(":", arn)[3]}.amazonaws.com"
          "kms:EncryptionContext:PARAMETER_ARN" = arn
        }
      }
    }
  ]...)
}
