# HS256 only: the authorizer reads the secret from the parameter store at its first decision. As a variable of the function,
# everyone who may read the function's configuration would see it.
#
# `make secret NAME=api` makes the parameter and `make rotate-keys` changes it. Terraform declares neither, so the secret is in
# no state and in no plan (docs/decisions/0037-the-hs256-api-outside-terraform.md).

locals {
  signing_secret_arn = replace(aws_ssm_parameter.releases.arn, "/releases$/", "signing-secret") # of the same region and account

  # https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
  signing_secret_permissions = var.tokens.signing_algorithm == "RS256" ? {} : {
    ReadSigningSecret = {
      actions       = ["ssm:GetParameter"]
      resource_arns = [local.signing_secret_arn]
      conditions    = {}
    }
    DecryptSigningSecret = {
      actions       = ["kms:Decrypt"]
      resource_arns = [replace(replace(local.signing_secret_arn, ":ssm:", ":kms:"), "/:parameter/.*$/", ":key/*")]
      conditions = {
        "kms:ViaService"                      = "ssm.${split(":", local.signing_secret_arn)[3]}.amazonaws.com"
        "kms:EncryptionContext:PARAMETER_ARN" = local.signing_secret_arn
      }
    }
  }
}
