# An ACM certificate for the site's own domain names. ACM renews it while the validation records exist.

resource "aws_acm_certificate" "site" {
  domain_name               = var.domain_names[0]
  subject_alternative_names = slice(var.domain_names, 1, length(var.domain_names))
  validation_method         = "DNS"

  lifecycle {
    create_before_destroy = true # the distribution uses the old one until it has the new one
  }
}

# The records that prove to ACM that the names are ours.
resource "aws_route53_record" "validation" {
  for_each = toset(var.domain_names)

  zone_id         = var.hosted_zone_id
  name            = local.validation[each.key].resource_record_name
  type            = local.validation[each.key].resource_record_type
  records         = [local.validation[each.key].resource_record_value]
  ttl             = 300
  allow_overwrite = true # every certificate of an account and name has the same record, so it may exist already
}

# An apply waits here until ACM has issued the certificate: CloudFront refuses one that is pending.
resource "aws_acm_certificate_validation" "site" {
  certificate_arn         = aws_acm_certificate.site.arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]
}

locals {
  validation = { for option in aws_acm_certificate.site.domain_validation_options : option.domain_name => option }
}
