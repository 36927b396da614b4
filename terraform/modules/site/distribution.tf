# One origin for the browser: the site and its APIs, so there is no CORS and no preflight.

resource "aws_cloudfront_distribution" "site" {
  #checkov:skip=CKV_AWS_68:A web ACL costs money and is an environment's choice: edge.web_acl_arn takes one, terraform/modules/web_acl makes one
  #checkov:skip=CKV_AWS_86:The legacy log holds the query, with a sign-in's code; terraform/modules/edge_log delivers the newer log without it
  #checkov:skip=CKV_AWS_174:Without a domain of its own CloudFront's certificate fixes TLSv1; with one it is TLSv1.2_2021
  #checkov:skip=CKV_AWS_310:The only other origin would be a copy of the same bucket
  #checkov:skip=CKV_AWS_374:The site is for visitors of every country
  #checkov:skip=CKV2_AWS_42:The certificate is a variable: an environment without a domain uses CloudFront's
  #checkov:skip=CKV2_AWS_47:As for CKV_AWS_68
  comment             = var.name
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  price_class         = var.edge.price_class
  aliases             = var.aliases
  default_root_object = "index.html"
  web_acl_id          = var.edge.web_acl_arn
  wait_for_deployment = var.wait_for_deployment

  origin {
    origin_id                = local.files_origin
    domain_name              = aws_s3_bucket.files.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.files.id
  }

  dynamic "origin" {
    for_each = var.apis

    content {
      origin_id   = origin.key
      domain_name = origin.value.domain_name
      origin_path = "/${origin.value.stage_name}"

      custom_origin_config {
        http_port              = 80
        https_port             = 443
        origin_protocol_policy = "https-only"
        origin_ssl_protocols   = ["TLSv1.2"]
      }
    }
  }

  # CloudFront uses the first matching pattern. So longer names come first, or /api/movies* would hide /api/movies-archive*.
  dynamic "ordered_cache_behavior" {
    for_each = local.api_names

    content {
      path_pattern               = "/api/${ordered_cache_behavior.value}*"
      target_origin_id           = ordered_cache_behavior.value
      viewer_protocol_policy     = "redirect-to-https"
      allowed_methods            = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
      cached_methods             = ["GET", "HEAD"]
      cache_policy_id            = data.aws_cloudfront_cache_policy.none.id
      origin_request_policy_id   = data.aws_cloudfront_origin_request_policy.all_but_host.id
      response_headers_policy_id = aws_cloudfront_response_headers_policy.site["own"].id

      function_association {
        event_type   = "viewer-request"
        function_arn = aws_cloudfront_function.edge["strip_api_prefix"].arn
      }
    }
  }

  # The default behaviour gives the same answer to GET. This one also answers the other methods.
  ordered_cache_behavior {
    path_pattern               = "/api/*"
    target_origin_id           = local.files_origin # never used, because the function answers
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
    cached_methods             = ["GET", "HEAD"]
    cache_policy_id            = data.aws_cloudfront_cache_policy.none.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.site["own"].id

    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.edge["page_or_file"].arn
    }
  }

  # Another origin may embed the icons, because the tenant's sign-in page shows the logo.
  ordered_cache_behavior {
    path_pattern               = "/icons/*"
    target_origin_id           = local.files_origin
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = data.aws_cloudfront_cache_policy.by_origin.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.site["shared"].id

    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.edge["page_or_file"].arn
    }
  }

  default_cache_behavior {
    target_origin_id           = local.files_origin
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = data.aws_cloudfront_cache_policy.by_origin.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.site["own"].id

    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.edge["page_or_file"].arn
    }
  }

  # CloudFront caches no error. By default it caches one for ten seconds, even with `no-store`, and the cache key is only the path:
  # one visitor's 500 or 404 would reach every visitor. No page is set, so status and body stay those of the origin.
  dynamic "custom_error_response" {
    for_each = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504] # every status that CloudFront can configure

    content {
      error_code            = custom_error_response.value
      error_caching_min_ttl = 0
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  lifecycle {
    precondition {
      condition     = length(var.apis) + local.fixed_cache_behaviors <= var.edge.cache_behaviors_quota
      error_message = "${length(var.apis)} APIs need ${length(var.apis) + local.fixed_cache_behaviors} cache behaviors, and CloudFront takes ${var.edge.cache_behaviors_quota}. Have AWS raise the quota \"Cache behaviors per distribution\" (and \"Origins per distribution\"), then set edge.cache_behaviors_quota (docs/scale.md)."
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = length(var.aliases) == 0 # not the certificate, whose ARN may be unknown
    acm_certificate_arn            = var.certificate_arn
    ssl_support_method             = length(var.aliases) == 0 ? null : "sni-only"
    minimum_protocol_version       = length(var.aliases) == 0 ? "TLSv1" : "TLSv1.2_2021"
  }
}

locals {
  files_origin = "files"

  fixed_cache_behaviors = 3 # /api/*, /icons/* and the default; each API adds one

  edge_variables = {
    PLAIN_FILES      = local.plain_files
    HASHED_PREFIX    = local.hashed_prefix
    SECURITY_HEADERS = local.security_headers
  }

  # Longest first.
  api_names = [
    for key in reverse(sort([for name in keys(var.apis) : format("%03d %s", length(name), name)])) : split(" ", key)[1]
  ]
}

resource "aws_cloudfront_origin_access_control" "files" {
  name                              = var.name
  description                       = "Signs CloudFront's requests to the bucket"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_function" "edge" {
  for_each = {
    page_or_file     = { comment = "Answers every place within the application with its page", variables = local.edge_variables, stores = [] }
    strip_api_prefix = { comment = "Removes /api and adds the origin key before a request reaches its API", variables = {}, stores = [aws_cloudfront_key_value_store.secrets.arn] }
  }

  name    = "${var.name}-${replace(each.key, "_", "-")}"
  comment = each.value.comment
  runtime = "cloudfront-js-2.0"

  key_value_store_associations = each.value.stores

  code = join("", concat([for name, value in each.value.variables : "var ${name} = ${jsonencode(value)};\n"], [file("${path.module}/edge/${each.key}.js")]))

  lifecycle {
    create_before_destroy = true # a distribution uses the old one until it has the new one
  }
}

# Holds the origin key, which `make origin-key` writes, because a value that Terraform wrote would be in its state.
resource "aws_cloudfront_key_value_store" "secrets" {
  name    = var.name
  comment = "What the edge adds to requests of the APIs"
}

# Caches nothing, because an API's answer belongs to one visitor.
data "aws_cloudfront_cache_policy" "none" {
  name = "Managed-CachingDisabled"
}

# Caches each object as its cache-control allows, for at least one second, and compresses.
data "aws_cloudfront_cache_policy" "by_origin" {
  name = "Managed-CachingOptimized"
}

# With the viewer's Host, API Gateway would not know which API is meant.
data "aws_cloudfront_origin_request_policy" "all_but_host" {
  name = "Managed-AllViewerExceptHostHeader"
}
