"""The endpoints that an application calls: the token endpoint, revocation, user info, discovery.

`token_endpoint` calls `request_body`, then `client_authentication` (with `client_assertions`), then a grant of
`token_grants` (with `refresh_tokens`) or `revocation`, and `cross_origin` for browsers.
"""
