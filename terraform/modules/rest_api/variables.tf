variable "name" {
  description = "Name of the API in AWS, and of its log group"
  type        = string
}

variable "api" {
  description = "Name of the API in the project: its folder, and the first segment of all its paths"
  type        = string
}

variable "openapi" {
  description = "The API's OpenAPI 3.0 document, decoded"
  type        = any
}

variable "scopes" {
  description = "Every scope that exists"
  type        = list(string)
}

variable "realm" {
  description = "What WWW-Authenticate calls the place that a token opens"
  type        = string
}

variable "function" {
  description = "The alias of the function that answers: names, and the ARN by which API Gateway invokes it"
  type = object({
    name       = string
    alias_name = string
    invoke_arn = string
  })
}

variable "authorizer" {
  description = "What decides about a token: the invocation ARN, the role that may invoke it, and how long a decision is kept, in seconds"
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
  description = "Load that the stage lets through: requests per second, and requests at once"
  type = object({
    requests_per_second = number
    burst_requests      = number
  })
}

variable "log_retention_days" {
  description = "How long the access log is kept, in days"
  type        = number
}
