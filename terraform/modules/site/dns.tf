# The DNS records that lead the site's own domain names to the distribution, if Route 53 serves their zone.

resource "aws_route53_record" "alias" {
  for_each = var.hosted_zone_id == null ? {} : {
    for pair in setproduct(var.aliases, ["A", "AAAA"]) : join(" ", pair) => { name = pair[0], type = pair[1] }
  }

  zone_id = var.hosted_zone_id
  name    = each.value.name
  type    = each.value.type

  alias {
    name                   = aws_cloudfront_distribution.site.domain_name
    zone_id                = aws_cloudfront_distribution.site.hosted_zone_id
    evaluate_target_health = false # Route 53 cannot check the health of a distribution
  }
}
