# Saved queries of CloudWatch Logs Insights: CloudWatch > Logs Insights > Queries > the environment's name.

locals {
  authorizer_log = [var.functions.authorizer.log_group_name]
  access_logs    = [for api in var.apis : api.access_log_group_name]
  function_logs  = [for function in var.functions : function.log_group_name]

  queries = {
    "refusals by reason" = {
      logs  = local.authorizer_log
      query = <<-EOT
        filter message = "authorization" and reason != "granted"
        | stats count() as refusals, count_distinct(subject) as users by decision, reason, api
        | sort refusals desc
      EOT
    }
    "refusals by caller" = {
      logs  = local.authorizer_log
      query = <<-EOT
        filter message = "authorization" and decision != "allow"
        | stats count() as refusals, min(@timestamp) as first, max(@timestamp) as last by subject, connection, machine_client, reason
        | sort refusals desc
        | limit 50
      EOT
    }
    "answers by operation" = {
      logs  = local.access_logs
      query = <<-EOT
        stats count() as answers, pct(response_ms, 50) as p50_ms, pct(response_ms, 99) as p99_ms by method, path, status, reason_code
        | sort answers desc
      EOT
    }
    "slow requests" = {
      logs  = local.access_logs
      query = <<-EOT
        fields @timestamp, request_id, method, path, status, response_ms, authorizer_ms, integration_ms
        | sort response_ms desc
        | limit 50
      EOT
    }
    "errors" = {
      logs  = local.function_logs
      query = <<-EOT
        filter level = "ERROR" or @message like /Task timed out|Runtime exited|Traceback/
        | fields @timestamp, @log, message, problem, reason, request_id, exception, @message
        | sort @timestamp desc
        | limit 100
      EOT
    }
  }
}

resource "aws_cloudwatch_query_definition" "saved" {
  for_each = local.queries

  name            = "${var.name}/${each.key}"
  log_group_names = each.value.logs
  query_string    = trimspace(each.value.query)
}
