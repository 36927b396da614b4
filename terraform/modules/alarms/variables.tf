variable "name" {
  description = "First part of every alarm's name, and of the topic's."
  type        = string
}

variable "alarms" {
  description = "Alarms by the second part of their names. `statistic` is Sum, Average, Minimum, Maximum or a percentile such as p99. An alarm goes off when `alarming_periods` of the last `evaluated_periods` cross the threshold. `meaning` and `first_step` are sentences for the person it wakes; `runbook` names a page of docs/runbooks."
  type = map(object({
    namespace         = string
    metric            = string
    dimensions        = map(string)
    statistic         = string
    period_seconds    = number
    evaluated_periods = number
    alarming_periods  = number
    comparison        = string
    threshold         = number
    meaning           = string
    first_step        = string
    runbook           = string
  }))

  validation {
    condition     = !anytrue([for alarm in values(var.alarms) : alarm.namespace == "AWS/Lambda" && alarm.metric == "Errors"])
    error_message = "No alarm watches Errors: every 401 counts as an error of the authorizer, because a TOKEN authorizer has no other way to answer 401. Use the metrics of namespace Gatehouse."
  }

  validation {
    condition     = alltrue([for alarm in values(var.alarms) : endswith(alarm.meaning, ".") && endswith(alarm.first_step, ".") && length(alarm.meaning) + length(alarm.first_step) < 900])
    error_message = "An alarm's meaning and first step must be sentences of less than 900 characters together, because CloudWatch accepts 1,024."
  }
}

variable "receivers" {
  description = "Recipients of the alarms: e-mail addresses, and https addresses that accept SNS's messages, such as the webhook of a chat or a pager."
  type = object({
    emails     = set(string)
    https_urls = set(string)
  })

  validation {
    condition     = alltrue([for url in var.receivers.https_urls : startswith(url, "https://")])
    error_message = "Each of https_urls begins with https://."
  }

  validation {
    condition     = alltrue([for email in var.receivers.emails : can(regex("^[^@ ]+@[^@ ]+$", email))])
    error_message = "Each of emails is an e-mail address."
  }
}
