variable "environment" {
  description = "Second part of every name in the cloud, and the name of the tfvars file."
  type        = string
}

variable "preview" {
  description = "For a preview of a pull request, `audience` is the identifier of its own API in the tenant; `make plan ENV=pull<number>` sets it. A preview uses the tenant's connections and changes none. Null for an environment."
  type        = object({ audience = string })
  default     = null

  validation {
    condition     = var.preview == null || !(var.production || var.manage_tenant_look)
    error_message = "A preview is not production and does not manage the tenant's look: remove both from previews.tfvars."
  }

  validation {
    condition     = var.preview == null || (var.tokens.signing_algorithm == "RS256" && var.existing_api_id == null)
    error_message = "A preview makes an API of its own, which signs with RS256: remove signing_algorithm and existing_api_id from previews.tfvars."
  }
}

variable "production" {
  description = "Whether real visitors depend on this environment. If so, the tables are protected and begin empty, no connection uses Auth0's development keys, and no localhost address may sign in."
  type        = bool
}

variable "region" {
  description = "AWS region of everything except CloudFront."
  type        = string
}

variable "aws_account_id" {
  description = "The AWS account of this environment; Terraform refuses credentials of any other account."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.aws_account_id))
    error_message = "aws_account_id must be the twelve digits of the AWS account: `aws sts get-caller-identity` prints them."
  }
}

variable "architecture" {
  description = "Instruction set of the functions, in Lambda's words: `arm64` or `x86_64`."
  type        = string
  default     = "arm64"
}

variable "domain" {
  description = "Domain names of the site, `aliases`. With `hosted_zone_id`, a Route 53 zone of this account, Terraform declares their DNS records, and makes and renews their certificate. With `certificate_arn` the site has that certificate of ACM in us-east-1; without a zone, point your own records at the distribution."
  type        = object({ aliases = list(string), certificate_arn = optional(string), hosted_zone_id = optional(string) })
  default     = null

  validation {
    condition     = try(length(var.domain.aliases) > 0 && (var.domain.certificate_arn != null || var.domain.hosted_zone_id != null), var.domain == null)
    error_message = "domain needs `aliases`, and their certificate: name the Route 53 zone in `hosted_zone_id` and Terraform makes one, or give the ARN of one in `certificate_arn`."
  }
}

variable "tokens" {
  description = "The tenant's access tokens. `issuer` is their `iss` exactly: the tenant's address, or that of its custom domain. `additional_issuers` are other addresses of the same tenant whose tokens the authorizer accepts. `signing_algorithm` is RS256, or HS256 for a tenant that already shares a secret; with HS256 run `make secret NAME=api` first. The two numbers are seconds."
  type = object({
    issuer                 = string
    additional_issuers     = optional(list(string))
    signing_algorithm      = optional(string, "RS256")
    leeway_seconds         = optional(number)
    stale_if_error_seconds = optional(number)
  })
}

variable "jwks" {
  description = "The issuer's public keys, JSON: `make plan` fetches them. Null with HS256."
  type        = string
  default     = null
}

variable "tenant_domain" {
  description = "The tenant's own domain, if the issuer is a custom domain."
  type        = string
  default     = null
}

variable "additional_site_urls" {
  description = "Addresses from which the site may sign in, in addition to the distribution's own and the aliases."
  type        = list(string)
  default     = []

  validation {
    condition     = !var.production || alltrue([for url in var.additional_site_urls : startswith(url, "https://")])
    error_message = "A production tenant must not send tokens to http addresses: remove them from additional_site_urls."
  }
}

variable "connection_client_ids" {
  description = "Client ids (no secrets) of the site's applications at Google and Amazon, by connection: `make secret` sets them in the tenant with their secrets, and `make doctor` and `make smoke` compare them with what the tenant sends visitors with. A connection that is left out may use Auth0's development keys."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name, id in var.connection_client_ids : contains(keys(local.access.connections), name) && id != ""])
    error_message = "connection_client_ids must map connections of auth0/access.yaml to client ids, such as { google-oauth2 = \"....apps.googleusercontent.com\" }."
  }

  validation {
    condition     = !var.production || var.preview != null || length(setsubtract(keys(local.access.connections), keys(var.connection_client_ids))) == 0
    error_message = "Production refuses Auth0's development keys, which show Auth0's name on the consent page: register the site at the identity provider of each connection, and write its client id into connection_client_ids; `make secret` then sets id and secret in the tenant."
  }
}

variable "manage_tenant_look" {
  description = "Whether this environment sets the look, the texts and the login experience of the whole tenant. Set it to true only for a tenant that serves no other application; a destroy restores the previous look."
  type        = bool
  default     = false
}

variable "tenant_look_before" {
  description = "The tenant's present look as JSON, which `make plan` reads from the tenant. Unused unless manage_tenant_look is true."
  type        = string
  default     = null
}

variable "existing_connection_ids" {
  description = "Ids (con_...) of the connections that the tenant already has and that Terraform takes over, by name: a new tenant has a google-oauth2, and Auth0 refuses to create it again (409)."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name, id in var.existing_connection_ids : startswith(id, "con_") && contains(keys(local.access.connections), name)])
    error_message = "existing_connection_ids must map a connection of auth0/access.yaml to its id, such as { google-oauth2 = \"con_...\" }: Auth0 > Authentication > Social shows it."
  }
}

variable "existing_api_id" {
  description = "Id of the API that the tenant already has for `audience` of auth0/access.yaml, if Terraform takes it over: after HS256, where `make secret` made it. Unused with HS256."
  type        = string
  default     = null
}

variable "login_flow" {
  description = "How the site asks for tokens: code (with PKCE), or implicit for a site that cannot leave the implicit grant yet."
  type        = string
  default     = "code"
}

variable "origin_key_required" {
  description = "Whether the APIs refuse requests that do not come through the distribution (by default they do not); run `make origin-key` first."
  type        = bool
  default     = null
}

variable "alarms" {
  description = "Recipients of the alarms: `emails`, and `https_urls` that accept SNS's messages; each has to confirm once. `monthly_budget_usd` is a budget for the whole account, null for none. `thresholds` replaces the thresholds of single alarms, by the alarm's name in CloudWatch without `<project>-<environment>-`."
  type = object({
    emails             = optional(set(string), [])
    https_urls         = optional(set(string), [])
    monthly_budget_usd = optional(number)
    thresholds         = optional(map(number), {})
  })
  default = {}
}

variable "edge" {
  description = "How the edge serves the site: price class, HSTS for subdomains, reports of violations, web ACL, access logs (docs/edge.md)."
  type = object({
    price_class             = optional(string)
    hsts_include_subdomains = optional(bool)
    report_url              = optional(string)
    web_acl_arn             = optional(string)
    cache_behaviors_quota   = optional(number)
    access_log              = optional(bool, false)
    access_log_bucket       = optional(string)
    web_acl                 = optional(object({ action = string, requests_per_address = optional(number, 2000) }))
  })
  default = {}

  validation {
    condition     = var.edge.web_acl == null || var.edge.web_acl_arn == null
    error_message = "A distribution has only one web ACL: set `web_acl`, which creates one, or `web_acl_arn`, which names yours."
  }
}

variable "throttling" {
  description = "Limits of each API: `requests_per_second` (50) and `burst_requests` (100) if its document has no `x-throttling`; `factor` (1) multiplies the limits of the other documents."
  type = object({
    requests_per_second = optional(number)
    burst_requests      = optional(number)
    factor              = optional(number)
  })
  default = {}
}

variable "telemetry" {
  description = "How long logs are kept, in days, and whether X-Ray traces requests (USD 5 per million traces)."
  type        = object({ log_retention_days = optional(number, 365), xray = optional(bool, true) })
  default     = {}
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.telemetry.log_retention_days)
    error_message = "CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days, not ${var.telemetry.log_retention_days}."
  }
}

variable "kms_key_arn" {
  description = "ARN of your KMS key in this region, which encrypts the tables and the logs (USD 1 a month and USD 0.03 per 10,000 requests); null for AWS's own keys. Its policy has to let CloudWatch Logs use it."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:${var.region}:[0-9]{12}:key/", var.kms_key_arn))
    error_message = "kms_key_arn is the ARN of a key in ${var.region}: arn:aws:kms:${var.region}:<account>:key/<id>."
  }
}
