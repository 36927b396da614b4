# The whole AWS side on this machine. Environment variables lead the provider to the emulator: AWS_ENDPOINT_URL,
# AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.

provider "aws" {
  default_tags {
    tags = {
      project     = local.project
      environment = local.environment
      managed_by  = "terraform"
    }
  }
}

module "stack" {
  source = "../modules/stack"

  project     = local.project
  environment = local.environment

  access             = yamldecode(file("${local.repository}/auth0/access.yaml"))
  client_id          = var.client_id
  machine_client_ids = var.machine_client_ids
  login_flow         = var.login_flow

  tokens = {
    issuer            = var.tokens.issuer
    signing_algorithm = var.tokens.signing_algorithm
    jwks              = var.tokens.jwks
  }

  directories = {
    functions = "${local.repository}/functions"
    archives  = "${local.repository}/build"
    site      = "${local.repository}/build/site"
  }

  architecture        = var.architecture
  protect_data        = false
  wait_for_deployment = false # an emulator has no edge locations to wait for

  expire_earlier_versions = false # the emulator expires none, and the provider would wait half a minute for the rule
}

locals {
  repository  = "${path.root}/../.."
  project     = jsondecode(file("${path.root}/../project.json")).name
  environment = "local"
}
