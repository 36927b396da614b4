# HS256 only: the authorizer reads the secret from the parameter store at its first decision. As a variable of the function, everyone
# who may read the function's configuration would see it.

#
# Terraform cannot compare a write-only value, so 28 bits of its hash show that the secret has changed. They help nobody to guess it,
# because a token already allows unlimited guesses (docs/decisions/0016).
resource "aws_ssm_parameter" "signing_secret" {
  #checkov:skip=CKV_AWS_337:Encrypted with the account's own key for the parameter store; another costs money and guards no more here
  count = var.tokens.signing_algorithm == "HS256" ? 1 : 0

  name             = "/${local.name}/signing-secret"
  description      = "Secret with which the tenant signs access tokens; anyone who reads it can make tokens"
  type             = "SecureString"
  value_wo         = var.tokens.signing_secret # write-only: neither the state nor the plan of the resource holds it
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
