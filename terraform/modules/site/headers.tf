# What every answer tells the browser to refuse.

resource "aws_cloudfront_response_headers_policy" "site" {
  #checkov:skip=CKV_AWS_259:`preload` puts a whole domain on the browsers' lists, which its owner decides; the rest is set
  name    = var.name
  comment = "Security headers"

  security_headers_config {
    content_security_policy {
      content_security_policy = join("; ", [for directive, source in local.content_security_policy : "${directive} ${source}"])
      override                = true
    }

    content_type_options {
      override = true
    }

    frame_options {
      frame_option = "DENY"
      override     = true
    }

    referrer_policy {
      referrer_policy = "no-referrer" # the address after a sign-in holds an authorization code
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = 63072000 # two years
      include_subdomains         = true
      override                   = true
    }
  }

  custom_headers_config {
    items {
      header   = "Permissions-Policy"
      value    = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
      override = true
    }

    items {
      header   = "Cross-Origin-Opener-Policy"
      value    = "same-origin"
      override = true
    }
  }

  remove_headers_config {
    items {
      header = "Server"
    }
  }
}

locals {
  # Nothing is allowed but what the application does: its own files, its APIs, the tenant, and pictures of whoever signed in.
  content_security_policy = {
    base-uri        = "'none'"
    connect-src     = "'self' ${var.tenant_origin}"
    default-src     = "'none'"
    form-action     = "'none'"
    frame-ancestors = "'none'"
    img-src         = "'self' https: data:"
    script-src      = "'self'"
    style-src       = "'self'"
    worker-src      = "'self'"
  }
}
