# The releases of this environment, for `make rollback`: every apply adds a version to this parameter with the live versions. The
# parameter store keeps a hundred versions.

resource "aws_ssm_parameter" "releases" {
  #checkov:skip=CKV2_AWS_34:It holds version numbers, which are no secret
  name        = "/${local.name}/releases"
  description = "The live versions since each apply or rollback"
  type        = "String"
  value       = "{}"

  lifecycle {
    ignore_changes = [value] # `make apply` and `make rollback` write it
  }
}
