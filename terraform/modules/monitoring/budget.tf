# The costs of the whole account. A budget for one environment would need a cost allocation tag, which somebody has to activate by
# hand; until then it would count nothing.

resource "aws_budgets_budget" "month" {
  for_each = toset([for amount in [var.settings.monthly_budget_usd] : tostring(amount) if amount != null])

  name         = "${var.name}-month"
  budget_type  = "COST"
  limit_amount = each.value
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 } # percent; docs/runbooks/budget.md

    content {
      notification_type         = notification.key
      comparison_operator       = "GREATER_THAN"
      threshold                 = notification.value
      threshold_type            = "PERCENTAGE"
      subscriber_sns_topic_arns = [module.alarms.topic_arn]
    }
  }
}
