variable "name" {
  description = "Name of the function, its role and its log group."
  type        = string
}

variable "description" {
  description = "What the function is for, in a few words."
  type        = string
}

variable "archive_path" {
  description = "Path of the zip that holds the code."
  type        = string

  validation {
    condition     = fileexists(var.archive_path)
    error_message = "There is no ${var.archive_path}. Run `make build` first."
  }
}

variable "handler" {
  description = "Entry point in the zip, as Lambda writes it: `package.module.function`."
  type        = string
}

variable "architecture" {
  description = "Instruction set that the zip was built for: `arm64` or `x86_64`."
  type        = string

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "The architecture \"${var.architecture}\" is unknown to Lambda. Use \"arm64\" or \"x86_64\"."
  }
}

variable "memory_megabytes" {
  description = "Memory, in megabytes; processor time grows with it, a whole processor at 1769."
  type        = number
}

variable "timeout_seconds" {
  description = "How long one invocation may take, in seconds."
  type        = number
}

variable "environment_variables" {
  description = "Environment of the function, by name."
  type        = map(string)
}

variable "layer_arns" {
  description = "ARNs of the layers whose files it finds besides its code's."
  type        = list(string)
  default     = []
}

variable "permissions" {
  description = "What it may do besides logging and tracing, by statement id."
  type = map(object({
    actions       = list(string)
    resource_arns = list(string)
    conditions    = optional(map(string), {}) # key => the required value
  }))
  default = {}

  validation {
    condition     = !anytrue([for permission in values(var.permissions) : contains(permission.resource_arns, "*")])
    error_message = "A permission must name the ARNs that it is for, not \"*\"."
  }
}

variable "log_retention_days" {
  description = "How long its log is kept, in days."
  type        = number
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
