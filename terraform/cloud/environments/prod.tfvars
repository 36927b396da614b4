# Fill in the address of the tenant and the number of the account.
tokens         = { issuer = "https://gatehouse-prod.eu.auth0.com/" } # Auth0 > Settings; ends in a slash
aws_account_id = "000000000000"

environment = "prod"
region      = "eu-west-1"
production  = true
