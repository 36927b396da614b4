# The values of every preview of a pull request (pull<number>, docs/pipeline.md#previews).
# Fill in the address of the tenant, which must have the connections of access.yaml, and the number of the account.
# Everyone who may push a branch can change both, so use them for nothing else.
tokens         = { issuer = "https://gatehouse-previews.eu.auth0.com/" } # Auth0 > Settings; ends in a slash
aws_account_id = "000000000000"

region     = "eu-west-1"
production = false
