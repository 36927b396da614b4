# Yours to fill in: the address of the tenant and the number of the account.
tokens         = { issuer = "https://gatehouse-dev.eu.auth0.com/" } # Auth0 > Settings; ends in a slash
aws_account_id = "000000000000"

environment = "dev"
region      = "eu-west-1"
production  = false

# A developer's `make up` may sign in through this tenant.
additional_site_urls = ["http://gatehouse-local.localhost:4566"]

# Auth0's shared keys are good enough to try things; a connection with keys of its own would lose them.
# development_keys_accepted = ["amazon", "google-oauth2"]

# The sign-in page of the whole tenant looks as auth0/branding.yaml says: only in a tenant that serves nothing else.
# manage_tenant_look = true
