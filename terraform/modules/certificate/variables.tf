variable "domain_names" {
  description = "Domain names that the certificate covers, at least one."
  type        = list(string)

  validation {
    condition     = length(var.domain_names) > 0 && length(var.domain_names) == length(distinct(var.domain_names))
    error_message = "A certificate needs at least one domain name, and each once."
  }
}

variable "hosted_zone_id" {
  description = "Identifier of the Route 53 zone in this account that serves all of `domain_names`."
  type        = string
}
