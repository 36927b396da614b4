variable "name" {
  description = "First part of every name: `<project>-<environment>`."
  type        = string
}

variable "distribution_arn" {
  description = "ARN of the distribution whose visits are logged."
  type        = string
}

variable "log_retention_days" {
  description = "How long the log is kept, in days."
  type        = number
  default     = 365
}
