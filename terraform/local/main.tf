# The whole AWS side on this machine. The provider finds the emulator by its own environment variables: AWS_ENDPOINT_URL,
# AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.

module "stack" {
  source = "../modules/stack"

  project             = "gatehouse"
  environment         = "local"
  issuer              = var.issuer
  client_id           = var.client_id
  machine_client_ids  = var.machine_client_ids
  jwks                = var.jwks
  access              = yamldecode(file("${local.repository}/auth0/access.yaml"))
  functions_directory = "${local.repository}/functions"
  archives_directory  = "${local.repository}/build"
  site_directory      = "${local.repository}/build/site"
  architecture        = var.architecture
  sample_rows         = true
  protect_data        = false
  wait_for_deployment = false # an emulator has no edge locations to wait for

  login_flow            = var.login_flow
  api_signing_algorithm = var.api_signing_algorithm
  signing_secret        = var.signing_secret
}

locals {
  repository = "${path.root}/../.."
}
