# Warnings about edge settings that production leaves at their defaults.

check "own_domain" {
  assert {
    condition     = !var.production || try(var.domain.certificate_arn, null) != null
    error_message = "Without a certificate of its own the site has CloudFront's domain, whose viewers may speak TLS 1.0. Set `domain`."
  }
}

check "origin_key" {
  assert {
    condition     = !var.production || coalesce(var.origin_key_required, false)
    error_message = "The APIs answer callers that go around the distribution. Run `make origin-key ENV=${var.environment}`, then set `origin_key_required = true`."
  }
}
