variable "name" {
  description = "First part of every name: `<project>-<environment>`."
  type        = string
}

variable "environment" {
  description = "Name of the environment, as in ENV=<name>, for the commands in the alarms' texts."
  type        = string
}

variable "functions" {
  description = "The Lambda functions by their role (the authorizer as `authorizer`): their names and those of their log groups."
  type        = map(object({ name = string, log_group_name = string }))
}

variable "apis" {
  description = "The REST APIs by their names in this repository: their names in AWS, those of their stages and of their access logs."
  type        = map(object({ name = string, stage_name = string, access_log_group_name = string }))
}

variable "table_names" {
  description = "Names of the tables."
  type        = list(string)
}

variable "distribution_id" {
  description = "Identifier of the distribution."
  type        = string
}

variable "settings" {
  description = "Recipients of the alarms (`emails`, `https_urls`), the account's monthly budget (null for none), and `thresholds` that replace those of single alarms, by the alarm's name without `<project>-<environment>-`."
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
