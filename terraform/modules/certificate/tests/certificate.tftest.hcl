mock_provider "aws" {
  mock_resource "aws_acm_certificate" {
    defaults = {
      arn = "arn:aws:acm:us-east-1:123456789012:certificate/1"
      domain_validation_options = [
        { domain_name = "films.example", resource_record_name = "_1.films.example.", resource_record_type = "CNAME", resource_record_value = "_a.acm-validations.aws." },
        { domain_name = "www.films.example", resource_record_name = "_2.www.films.example.", resource_record_type = "CNAME", resource_record_value = "_b.acm-validations.aws." },
      ]
    }
  }
}

variables {
  domain_names   = ["films.example", "www.films.example"]
  hosted_zone_id = "Z123"
}

run "every_name_is_proved_by_its_own_record_in_the_zone" {
  assert {
    condition = { for name, record in aws_route53_record.validation : name => "${record.zone_id} ${record.name} ${one(record.records)}" } == {
      "films.example"     = "Z123 _1.films.example. _a.acm-validations.aws."
      "www.films.example" = "Z123 _2.www.films.example. _b.acm-validations.aws."
    }
    error_message = "ACM would wait for a record that is not there."
  }

  assert {
    condition     = [aws_acm_certificate.site.domain_name, aws_acm_certificate.site.validation_method] == ["films.example", "DNS"] && contains(aws_acm_certificate.site.subject_alternative_names, "www.films.example")
    error_message = "The certificate does not cover every name, or renews only by hand."
  }

  assert {
    condition     = toset(aws_acm_certificate_validation.site.validation_record_fqdns) == toset([for record in aws_route53_record.validation : record.fqdn])
    error_message = "An apply would give CloudFront a certificate that is pending."
  }
}

run "a_certificate_without_a_name_is_refused" {
  command = plan

  variables {
    domain_names = []
  }

  expect_failures = [var.domain_names]
}
