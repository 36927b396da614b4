# Monitoring of the stack. The local root has none, because an emulator has no metrics.

module "monitoring" {
  source = "../modules/monitoring"

  name            = module.stack.name
  environment     = var.environment
  functions       = module.stack.functions
  apis            = module.stack.apis
  table_names     = values(module.stack.table_names)
  distribution_id = module.stack.distribution_id
  settings        = var.alarms
}

module "edge_alarms" {
  source    = "../modules/alarms"
  providers = { aws = aws.us_east_1 }

  name      = "${module.stack.name}-edge"
  alarms    = module.monitoring.edge_alarms
  receivers = module.monitoring.receivers
}

check "alarm_receivers" {
  assert {
    condition     = !var.production || length(var.alarms.emails) + length(var.alarms.https_urls) > 0
    error_message = "Nobody receives the alarms: name an address in `alarms = { emails = [...] }`."
  }
}
