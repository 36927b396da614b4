# What the bucket holds: the built files, and the configuration that only Terraform knows.

resource "aws_s3_object" "file" {
  for_each = fileset(var.site_directory, "**")

  bucket        = aws_s3_bucket.files.id
  key           = each.value
  source        = "${var.site_directory}/${each.value}"
  etag          = filemd5("${var.site_directory}/${each.value}")
  content_type  = lookup(local.content_types, reverse(split(".", each.value))[0], "application/octet-stream")
  cache_control = startswith(each.value, "vendor/") ? "public, max-age=86400" : "no-cache" # so that a deployment shows at once
}

resource "aws_s3_object" "config" {
  bucket        = aws_s3_bucket.files.id
  key           = "config.json"
  content       = jsonencode(var.config)
  content_type  = "application/json"
  cache_control = "no-store"
}

locals {
  content_types = {
    css   = "text/css; charset=utf-8"
    html  = "text/html; charset=utf-8"
    ico   = "image/x-icon"
    js    = "text/javascript; charset=utf-8"
    json  = "application/json"
    map   = "application/json"
    mjs   = "text/javascript; charset=utf-8"
    png   = "image/png"
    svg   = "image/svg+xml"
    txt   = "text/plain; charset=utf-8"
    webp  = "image/webp"
    woff2 = "font/woff2"
  }
}
