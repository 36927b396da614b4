# Credentials come from the environment and from nowhere else (AWS_PROFILE, or AWS_ROLE_ARN with a web identity token).
provider "aws" {
  region              = var.region
  allowed_account_ids = [var.aws_account_id]

  default_tags {
    tags = {
      project     = var.project
      environment = var.environment
      managed_by  = "terraform"
    }
  }
}

# AUTH0_DOMAIN, AUTH0_CLIENT_ID and one of: AUTH0_CLIENT_SECRET, or AUTH0_CLIENT_ASSERTION_PRIVATE_KEY with
# AUTH0_CLIENT_ASSERTION_SIGNING_ALG (a private key that Auth0 never sees; the better choice for CI).
# The machine-to-machine application behind them needs these scopes of the Management API:
# read:tenant_settings, read:custom_domains; read: and update: of branding (its theme also create: and delete:), prompts and
# connections_options; read:, create:, update: and delete: of clients, client_grants, resource_servers, connections and
# actions. `make doctor ENV=<environment>` says which of them are missing.
provider "auth0" {}
