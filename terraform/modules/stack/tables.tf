resource "aws_dynamodb_table" "rows" {
  #checkov:skip=CKV_AWS_119:DynamoDB's managed key encrypts it unless kms_key_arn names one, which costs money
  #checkov:skip=CKV_AWS_28:Set by protect_data, which production turns on; sample rows need no backup
  for_each = local.apis

  name                        = "${local.name}-${each.key}"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "id"
  deletion_protection_enabled = var.protect_data

  attribute {
    name = "id"
    type = "S"
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }

  point_in_time_recovery {
    enabled = var.protect_data
  }
}

locals {
  # DynamoDB uses a customer managed key with the permissions of the table's reader or writer.
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
  key_permissions = {
    for arn in compact([var.kms_key_arn]) : "UseTheTablesKey" => {
      actions       = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
      resource_arns = [arn]
      conditions    = { "kms:ViaService" = "dynamodb.${split(":", arn)[3]}.amazonaws.com" }
    }
  }
}

# Records once whether a table began with sample rows. A later change of `protect_data` then neither adds sample rows to other
# people's rows nor removes any.
resource "terraform_data" "began_with_sample_rows" {
  for_each = local.apis

  input = !var.protect_data

  lifecycle {
    ignore_changes = [input]
  }
}

check "sample_rows" {
  assert {
    condition     = !var.protect_data || length(local.sample_rows) == 0
    error_message = "Tables that began with sample rows keep them, also in production: give production an environment of its own, or delete the rows in DynamoDB and destroy and apply the environment again."
  }
}

resource "aws_dynamodb_table_item" "sample" {
  for_each = local.sample_rows

  table_name = aws_dynamodb_table.rows[each.value.api].name
  hash_key   = aws_dynamodb_table.rows[each.value.api].hash_key
  item       = jsonencode(each.value.item)
}

locals {
  actions_by_method = {
    get    = ["dynamodb:GetItem", "dynamodb:Scan"]
    post   = ["dynamodb:PutItem"]
    put    = ["dynamodb:UpdateItem"]
    patch  = ["dynamodb:UpdateItem"]
    delete = ["dynamodb:DeleteItem"]
  }

  # A function's permissions on its table follow from the operations of its document: one that only reads cannot write.
  table_actions = {
    for api, document in local.apis : api => sort(distinct(flatten([
      for item in values(document.paths) : [for method in keys(item) : lookup(local.actions_by_method, method, [])]
    ])))
  }

  # "movies/metropolis" => {api, item}, the item in DynamoDB's notation: {"year": {"N": "1927"}}.
  sample_rows = merge([
    for api in keys(local.apis) : {
      for row in jsondecode(file("${var.directories.functions}/${api}/sample.json")) : "${api}/${row.id}" => {
        api  = api
        item = { for name, value in row : name => { (startswith(jsonencode(value), "\"") ? "S" : "N") = tostring(value) } }
      }
    } if terraform_data.began_with_sample_rows[api].input
  ]...)
}
