# The files of the site. The bucket is private: only this distribution reads it.

resource "aws_s3_bucket" "files" {
  #checkov:skip=CKV_AWS_18:An environment's choice, edge.access_log_bucket: every read comes through CloudFront, so the log shows no visitor
  #checkov:skip=CKV_AWS_144:The files are a build of the repository, which restores them anywhere
  #checkov:skip=CKV_AWS_145:The files are public to every visitor; S3's own key encrypts them
  #checkov:skip=CKV2_AWS_62:Nothing waits for a change of the files
  bucket        = var.bucket_name
  force_destroy = true # the build can make every object in it again
}

# `make rollback` restores the page and the configuration of an earlier release.
resource "aws_s3_bucket_versioning" "files" {
  bucket = aws_s3_bucket.files.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "files" {
  count  = var.expire_earlier_versions ? 1 : 0
  bucket = aws_s3_bucket.files.id

  rule {
    id     = "earlier-releases"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 30 # as long as the build keeps files of earlier builds (scripts/build/superseded.py)
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  depends_on = [aws_s3_bucket_versioning.files]
}

# S3's own log of every request for an object, in an existing bucket of the account.
resource "aws_s3_bucket_logging" "files" {
  for_each = toset([for name in [var.edge.access_log_bucket] : name if name != null])

  bucket        = aws_s3_bucket.files.id
  target_bucket = each.key
  target_prefix = "${var.bucket_name}/"
}

resource "aws_s3_bucket_public_access_block" "files" {
  bucket                  = aws_s3_bucket.files.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "files" {
  bucket = aws_s3_bucket.files.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "files" {
  bucket = aws_s3_bucket.files.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

# Not a policy document, because its result would be unknown in every plan that changes the distribution.
resource "aws_s3_bucket_policy" "files" {
  bucket = aws_s3_bucket.files.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "ReadThroughTheDistribution"
        Effect    = "Allow"
        Principal = { Service = "cloudfront.amazonaws.com" }
        Action    = "s3:GetObject"
        Resource  = "${aws_s3_bucket.files.arn}/*"
        Condition = { StringEquals = { "AWS:SourceArn" = aws_cloudfront_distribution.site.arn } }
      },
      {
        Sid       = "RefusePlainHttp"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.files.arn, "${aws_s3_bucket.files.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })

  depends_on = [aws_s3_bucket_public_access_block.files]
}
