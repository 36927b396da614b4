variable "name" {
  description = "First part of every name: `<project>-<environment>`"
  type        = string
}

variable "environment" {
  description = "Name of the environment, as in ENV=<name>, for the commands that the alarms' texts name"
  type        = string
}

variable "functions" {
  description = "Each Lambda function by what it is, the authorizer as `authorizer`: its name, and its log group's"
  type        = map(object({ name = string, log_group_name = string }))
}

variable "apis" {
  description = "Each REST API by its name in this repository: its name in AWS, its stage's, and its access log's"
  type        = map(object({ name = string, stage_name = string, access_log_group_name = string }))
}

variable "table_names" {
  description = "Names of the tables"
  type        = list(string)
}

variable "distribution_id" {
  description = "Identifier of the distribution"
  type        = string
}

variable "settings" {
  description = "Who is told (`emails`, `https_urls`), the account's budget for a month, null for none, and figures that replace an alarm's threshold, by the alarm's name without `<project>-<environment>-`"
  type = object({
    emails             = set(string)
    https_urls         = set(string)
    monthly_budget_usd = optional(number)
    thresholds         = map(number)
  })

  validation {
    condition     = var.settings.monthly_budget_usd == null || try(var.settings.monthly_budget_usd > 0, false)
    error_message = "monthly_budget_usd is an amount above 0, or null for no budget."
  }
}
