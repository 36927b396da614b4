# Legacy modes, for a tenant that cannot use the present ones yet. Both work, and each causes a warning in the plan.

check "login_flow" {
  assert {
    condition     = var.login_flow == "code"
    error_message = "login_flow = \"implicit\" sends access tokens through the address bar, and nothing renews them. OAuth advises against it (RFC 9700 section 2.1.2): move the site to \"code\" (docs/migrate-from-rules.md)."
  }
}

check "signing_algorithm" {
  assert {
    condition     = var.tokens.signing_algorithm == "RS256"
    error_message = "signing_algorithm = \"HS256\" lets anyone who reads the shared secret make tokens. Move the API to \"RS256\", which only the tenant can sign (docs/migrate-from-rules.md)."
  }
}
