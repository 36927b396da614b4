# Fill in the address of the tenant and the number of the account.
tokens         = { issuer = "https://gatehouse-dev.eu.auth0.com/" } # Auth0 > Settings; ends in a slash
aws_account_id = "000000000000"

environment = "dev"
region      = "eu-west-1"
production  = false

# The client ids (no secrets) of the site at Google and Amazon; `make secret` sets each with its secret in the tenant. A connection
# without one may use Auth0's development keys, which are good enough for a trial.
# connection_client_ids = { amazon = "amzn1.application-oa2-client...", google-oauth2 = "....apps.googleusercontent.com" }

# Gives the sign-in page of the whole tenant the look of auth0/branding.yaml. Use it only in a tenant that serves nothing else.
# manage_tenant_look = true
