variable "name" {
  description = "Name of the distribution (its comment), its policies and its functions"
  type        = string
}

variable "bucket_name" {
  description = "Name of the bucket, unique among all buckets of AWS"
  type        = string
}

variable "site_directory" {
  description = "Folder of the built site"
  type        = string

  validation {
    condition     = fileexists("${var.site_directory}/index.html")
    error_message = "There is no index.html in ${var.site_directory}. Run `make build` first."
  }

  validation {
    condition     = !fileexists("${var.site_directory}/config.json")
    error_message = "There is a config.json in ${var.site_directory}, but Terraform writes that one. Remove it."
  }
}

variable "config" {
  description = "What /config.json tells the application: the tenant, the scopes, the connections and the APIs"
  type        = any
}

variable "tenant_origin" {
  description = "Origin of the Auth0 tenant, which the application may call: scheme, host and port, without a slash at the end"
  type        = string
}

variable "apis" {
  description = "What answers below /api, by the API's name: host and stage"
  type = map(object({
    domain_name = string
    stage_name  = string
  }))
}

variable "aliases" {
  description = "Domain names of the site besides CloudFront's own"
  type        = list(string)
}

variable "certificate_arn" {
  description = "ARN of the certificate for `aliases`, in us-east-1 as CloudFront demands; null for CloudFront's own"
  type        = string

  validation {
    condition     = (var.certificate_arn == null) == (length(var.aliases) == 0)
    error_message = "Give both `aliases` and the `certificate_arn` that covers them, or neither."
  }

  validation {
    condition     = var.certificate_arn == null || can(regex("^arn:[a-z-]+:acm:us-east-1:", var.certificate_arn))
    error_message = "CloudFront takes certificates of ACM in us-east-1 only. Request one there and give its ARN."
  }
}

variable "price_class" {
  description = "Where CloudFront keeps copies: `PriceClass_100`, `PriceClass_200` or `PriceClass_All`"
  type        = string
}

variable "wait_for_deployment" {
  description = "Whether an apply ends only when every edge location has the change"
  type        = bool
}
