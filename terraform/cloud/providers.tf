# Credentials come only from the environment (AWS_PROFILE, or AWS_ROLE_ARN with a web identity token).
provider "aws" {
  region              = var.region
  allowed_account_ids = [var.aws_account_id]

  default_tags {
    tags = {
      project     = local.project
      environment = var.environment
      managed_by  = "terraform"
    }
  }
}

# CloudFront's metrics, and so the alarms on them, exist only in us-east-1.
provider "aws" {
  alias               = "us_east_1"
  region              = "us-east-1"
  allowed_account_ids = [var.aws_account_id]

  default_tags {
    tags = {
      project     = local.project
      environment = var.environment
      managed_by  = "terraform"
    }
  }
}

# AUTH0_DOMAIN, AUTH0_CLIENT_ID, and either AUTH0_CLIENT_SECRET or AUTH0_CLIENT_ASSERTION_PRIVATE_KEY with
# AUTH0_CLIENT_ASSERTION_SIGNING_ALG (a private key that Auth0 never sees; the better choice for CI).
# Their machine-to-machine application needs scopes of the Management API: scripts/management_scopes.py lists them, and
# `make doctor ENV=<environment>` names the missing ones. delete:connections is absent on purpose, because Auth0 deletes a
# connection together with all its users. So are read:connections_options and update:connections_options: with them, the state
# would get the secrets of the connections.
provider "auth0" {}
