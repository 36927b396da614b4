# Security headers. With them, the browser refuses everything that the application never does.

locals {
  # It allows the application's own files, its APIs, the tenant, and pictures from the identity providers' hosts.
  content_security_policy = merge(
    {
      base-uri                  = "'none'"
      connect-src               = "'self' ${var.tenant_origin}"
      default-src               = "'none'"
      form-action               = "'none'"
      frame-ancestors           = "'none'"
      frame-src                 = var.tenant_origin # for the hidden frame that asks the tenant who is signed in
      img-src                   = join(" ", concat(["'self'"], var.picture_origins))
      require-trusted-types-for = "'script'"
      script-src                = "'self'"
      style-src                 = "'self'"
      trusted-types             = "'none'" # no code turns text into markup or scripts
    },
    { for name in ["report-to"] : name => "violations" if var.edge.report_url != null },
  )

  # By lower-case name, for the response headers policy and for the answers that a function makes itself.
  security_headers = merge(
    {
      content-security-policy   = join("; ", [for directive, sources in local.content_security_policy : "${directive} ${sources}"])
      referrer-policy           = "no-referrer" # the address after a sign-in holds an authorization code
      strict-transport-security = join("; ", concat(["max-age=${local.hsts_seconds}"], var.edge.hsts_include_subdomains ? ["includeSubDomains"] : []))
      x-content-type-options    = "nosniff"
      x-frame-options           = "DENY"
    },
    local.custom_headers,
    { cross-origin-resource-policy = "same-origin" },
  )

  # CloudFront has no setting for these.
  custom_headers = merge(
    {
      cross-origin-opener-policy = "same-origin"
      permissions-policy         = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    },
    { for name in ["reporting-endpoints"] : name => "violations=\"${var.edge.report_url}\"" if var.edge.report_url != null },
  )

  hsts_seconds = 63072000 # two years

  # The origins that may embed an answer. The tenant's sign-in page, on another origin, shows the logo.
  resource_policies = {
    own    = "same-origin"
    shared = "cross-origin"
  }
}

resource "aws_cloudfront_response_headers_policy" "site" {
  #checkov:skip=CKV_AWS_259:`preload` puts a whole domain on the browsers' lists, which its owner decides; the rest is set
  for_each = local.resource_policies

  name    = each.key == "own" ? var.name : "${var.name}-${each.key}"
  comment = each.key == "own" ? "Security headers" : "Security headers of files that other sites may show"

  security_headers_config {
    content_security_policy {
      content_security_policy = local.security_headers.content-security-policy
      override                = true
    }

    content_type_options {
      override = true
    }

    frame_options {
      frame_option = local.security_headers.x-frame-options
      override     = true
    }

    referrer_policy {
      referrer_policy = local.security_headers.referrer-policy
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = local.hsts_seconds
      include_subdomains         = var.edge.hsts_include_subdomains
      override                   = true
    }
  }

  custom_headers_config {
    dynamic "items" {
      for_each = merge(local.custom_headers, { cross-origin-resource-policy = each.value })

      content {
        header   = items.key
        value    = items.value
        override = true
      }
    }
  }
}

moved {
  from = aws_cloudfront_response_headers_policy.site
  to   = aws_cloudfront_response_headers_policy.site["own"]
}
