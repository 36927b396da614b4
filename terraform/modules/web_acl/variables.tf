variable "name" {
  description = "First part of every name: `<project>-<environment>`."
  type        = string
}

variable "action" {
  description = "What happens to a request that a rule matches: `count` only counts and logs it, `block` refuses it with 403, the rate rule with 429."
  type        = string

  validation {
    condition     = contains(["count", "block"], var.action)
    error_message = "The action of the web ACL is \"count\" or \"block\", not \"${var.action}\"."
  }
}

variable "requests_per_address" {
  description = "How many requests one IP address may make within 5 minutes."
  type        = number

  validation {
    condition     = var.requests_per_address >= 10 && var.requests_per_address <= 2000000000 && floor(var.requests_per_address) == var.requests_per_address
    error_message = "requests_per_address is a whole number from 10 to 2000000000, as AWS WAF takes it."
  }
}

variable "log_retention_days" {
  description = "How long the log of matched requests, with visitors' addresses, is kept, in days."
  type        = number
  default     = 30
}
