variable "name" {
  description = "Name of the REST API in AWS; its log group has the same."
  type        = string
}

variable "api" {
  description = "Name of the API in this repository: its folder below functions/, and the first segment of all its paths."
  type        = string
}

variable "openapi" {
  description = "The API's OpenAPI 3.0 document, decoded."
  type        = any
}

variable "scopes" {
  description = "Names of all scopes in access.yaml."
  type        = list(string)

  validation {
    condition     = alltrue([for scope in var.scopes : can(regex("^[!#-&(-\\[\\]-~]+$", scope))])
    error_message = "A scope is visible ASCII without a quote, an apostrophe or a backslash: API Gateway quotes it in a header."
  }
}

variable "realm" {
  description = "Name of the protected area in WWW-Authenticate (RFC 9110 section 11.5)."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]+$", var.realm))
    error_message = "realm is part of a quoted header value: use letters, digits, `.`, `_` and `-`."
  }
}

variable "function" {
  description = "The function alias that answers requests: its names, and the ARN that API Gateway invokes."
  type = object({
    name       = string
    alias_name = string
    invoke_arn = string
  })
}

variable "authorizer" {
  description = "The Lambda authorizer: its invocation ARN, the role that invokes it, and how long API Gateway keeps a decision, in seconds."
  type = object({
    invoke_arn         = string
    role_arn           = string
    result_ttl_seconds = number
  })

  validation {
    condition     = var.authorizer.result_ttl_seconds >= 0 && var.authorizer.result_ttl_seconds <= 3600
    error_message = "API Gateway keeps a decision for 0 to 3600 seconds, not ${var.authorizer.result_ttl_seconds}."
  }
}

variable "throttling" {
  description = "The stage's limits if the document has no `x-throttling`: requests per second, and burst. `factor` multiplies the document's own limits."
  type = object({
    requests_per_second = number
    burst_requests      = number
    factor              = number
  })
}

variable "log_retention_days" {
  description = "Retention of the access log, in days."
  type        = number
}

variable "origin_key_required" {
  description = "Whether the stage refuses requests without the origin key, which the distribution adds."
  type        = bool
}

variable "xray_tracing" {
  description = "Whether X-Ray traces requests."
  type        = bool
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the log; null for CloudWatch's own."
  type        = string
  default     = null
}
