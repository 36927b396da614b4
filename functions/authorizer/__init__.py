"""The Lambda authorizer: verifies an access token and answers with an IAM policy for the whole API."""
