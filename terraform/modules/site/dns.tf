# The records that lead the site's own domain names to the distribution, where Route 53 serves their zone.

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
    evaluate_target_health = false # a distribution has no health that Route 53 could ask for
  }
}
