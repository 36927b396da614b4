variable "name" {
  description = "Name of the distribution (as its comment), of its policies and of its functions."
  type        = string
}

variable "bucket_name" {
  description = "Name of the bucket, unique among all buckets of AWS."
  type        = string
}

variable "site_directory" {
  description = "Folder of the built site, with the list of its files, files.json."
  type        = string

  validation {
    condition     = fileexists("${var.site_directory}/files.json")
    error_message = "There is no files.json in ${var.site_directory}. Run `make build` first."
  }
}

variable "config" {
  description = "Content of /config.json, all of it public: the tenant, the scopes, the connections and the APIs."
  type        = any
}

variable "tenant_origin" {
  description = "Origin of the Auth0 tenant, which the page may call: scheme, host and port, without a final slash."
  type        = string
}

variable "apis" {
  description = "Host and stage that answer below /api, by the API's name."
  type = map(object({
    domain_name = string
    stage_name  = string
  }))
}

variable "aliases" {
  description = "Domain names of the site besides CloudFront's own."
  type        = list(string)
}

variable "certificate_arn" {
  description = "ARN of the certificate for `aliases`, in us-east-1, as CloudFront requires; null for CloudFront's own."
  type        = string

  validation {
    condition     = (var.certificate_arn == null) == (length(var.aliases) == 0)
    error_message = "Give both `aliases` and the `certificate_arn` that covers them, or neither."
  }

  validation {
    condition     = var.certificate_arn == null || can(regex("^arn:[a-z-]+:acm:us-east-1:", var.certificate_arn))
    error_message = "CloudFront accepts only ACM certificates in us-east-1. Request one there and give its ARN."
  }
}

variable "edge" {
  description = "How the edge serves the site. `price_class` names the regions whose edge locations serve it: `PriceClass_100` (North America, Europe; the default), `PriceClass_200` (most) or `PriceClass_All`. With `hsts_include_subdomains`, browsers refuse plain HTTP for every subdomain of the site's domain, too, for two years. `report_url` is the address that browsers report violations of the content security policy to. `web_acl_arn` is a web ACL of AWS WAF for the distribution (scope CLOUDFRONT, in us-east-1). `access_log_bucket` is the name of a bucket in the same region and account that gets S3's log of requests for the site's files. `cache_behaviors_quota` is how many cache behaviors the account's distributions may have."
  type = object({
    price_class             = optional(string, "PriceClass_100")
    hsts_include_subdomains = optional(bool, false)
    report_url              = optional(string)
    web_acl_arn             = optional(string)
    access_log_bucket       = optional(string)
    cache_behaviors_quota   = optional(number, 75)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.edge.price_class)
    error_message = "price_class is PriceClass_100, PriceClass_200 or PriceClass_All, not \"${var.edge.price_class}\"."
  }

  validation {
    condition     = var.edge.report_url == null || can(regex("^https://[^\" ]+$", var.edge.report_url))
    error_message = "report_url is an https address: \"https://reports.example.com/csp\"."
  }

  validation {
    condition     = var.edge.web_acl_arn == null || can(regex("^arn:[a-z-]+:wafv2:us-east-1:[0-9]{12}:global/webacl/", var.edge.web_acl_arn))
    error_message = "CloudFront accepts only web ACLs of AWS WAF v2 with the scope CLOUDFRONT: arn:aws:wafv2:us-east-1:<account>:global/webacl/<name>/<id>."
  }
}

variable "wait_for_deployment" {
  description = "Whether an apply waits until every edge location has received the change."
  type        = bool
}

variable "expire_earlier_versions" {
  description = "Whether S3 deletes a version of a file 30 days after another has replaced it."
  type        = bool
}

variable "picture_origins" {
  description = "Origins of users' pictures at the identity providers; the browser refuses pictures from anywhere else."
  type        = list(string)
  default     = ["https://lh3.googleusercontent.com"]

  validation {
    condition     = alltrue([for origin in var.picture_origins : can(regex("^https://[a-z0-9.-]+$", origin))])
    error_message = "Each of picture_origins is an https origin without a path: \"https://lh3.googleusercontent.com\"."
  }
}

variable "hosted_zone_id" {
  description = "Identifier of the Route 53 zone that gets the records of `aliases`; null where another DNS serves them."
  type        = string
  default     = null

  validation {
    condition     = var.hosted_zone_id == null || length(var.aliases) > 0
    error_message = "hosted_zone_id gets the records of `aliases`, and there are none. Give both or neither."
  }
}
