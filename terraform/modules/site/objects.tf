# The objects in the bucket: the files of the build's list, the configuration, which only Terraform knows, and the page.

locals {
  page = "index.html"

  # Each published path with its content type, from the build's own list.
  content_types = jsondecode(file("${var.site_directory}/files.json")).content_types

  # A file's name in this folder has a hash of its content, so its address always means the same content.
  hashed_prefix = "assets/"

  # All other addresses of files. For any other path, the page draws the view.
  plain_files = sort(concat(["config.json"], [for path in keys(local.content_types) : path if !startswith(path, local.hashed_prefix)]))

  cache_control = {
    keep   = "public, max-age=31536000, immutable"
    verify = "no-cache" # the browser may keep a copy, but asks before each use whether it is current
    none   = "no-store"
  }
}

resource "aws_s3_object" "file" {
  for_each = { for path, type in local.content_types : path => type if path != local.page }

  bucket        = aws_s3_bucket.files.id
  key           = each.key
  source        = "${var.site_directory}/${each.key}"
  etag          = filemd5("${var.site_directory}/${each.key}")
  content_type  = each.value
  cache_control = startswith(each.key, local.hashed_prefix) ? local.cache_control.keep : local.cache_control.verify

  depends_on = [aws_s3_bucket_versioning.files]
}

resource "aws_s3_object" "config" {
  bucket        = aws_s3_bucket.files.id
  key           = "config.json"
  content       = jsonencode(merge(var.config, { picture_origins = var.picture_origins }))
  content_type  = "application/json"
  cache_control = local.cache_control.none

  depends_on = [aws_s3_bucket_versioning.files]
}

# Upload the page last, so that every file that a new page names already exists.
resource "aws_s3_object" "page" {
  bucket        = aws_s3_bucket.files.id
  key           = local.page
  source        = "${var.site_directory}/${local.page}"
  etag          = filemd5("${var.site_directory}/${local.page}")
  content_type  = local.content_types[local.page]
  cache_control = local.cache_control.verify

  depends_on = [aws_s3_object.file, aws_s3_object.config, aws_cloudfront_function.edge]
}

moved {
  from = aws_s3_object.file["index.html"]
  to   = aws_s3_object.page
}
