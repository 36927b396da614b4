output "url" {
  description = "Address of the site, without a final slash."
  value       = "https://${try(var.aliases[0], aws_cloudfront_distribution.site.domain_name)}"
}

output "distribution_id" {
  description = "Identifier of the distribution."
  value       = aws_cloudfront_distribution.site.id
}

output "distribution_arn" {
  description = "ARN of the distribution."
  value       = aws_cloudfront_distribution.site.arn
}

output "bucket_name" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.files.bucket
}
