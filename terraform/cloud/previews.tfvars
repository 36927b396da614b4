# Of every preview of a pull request (pull<number>, docs/pipeline.md#previews).
# Yours to fill in: the address of the tenant, which has the connections of access.yaml, and the number of the account.
# Whoever may push a branch changes both, so let them serve nothing else.
tokens         = { issuer = "https://gatehouse-previews.eu.auth0.com/" } # Auth0 > Settings; ends in a slash
aws_account_id = "000000000000"

region     = "eu-west-1"
production = false
