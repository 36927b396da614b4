variable "project" {
  description = "Name of the project: the first part of every name in AWS, and the realm in WWW-Authenticate."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.project))
    error_message = "The project's name begins the bucket's: 3 to 20 lower-case letters, digits and hyphens, a letter first."
  }
}

variable "environment" {
  description = "Name of the environment: the second part of every name in AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,9}$", var.environment))
    error_message = "An environment's name is 2 to 10 lower-case letters and digits, a letter first: \"dev\" or \"prod\"."
  }
}

variable "tokens" {
  description = "The tenant's access tokens. `issuer` is their `iss` exactly: an https origin (http on this machine only) and a slash; the tenant publishes its keys there. `additional_issuers` are other addresses of the same tenant whose tokens the authorizer accepts. `signing_algorithm` is `RS256`, with the public keys in `jwks` (JSON), or `HS256`, whose secret `make secret NAME=api` puts into the parameter store. `leeway_seconds` is how far the clocks of the tenant and of Lambda may differ. `stale_if_error_seconds` is how long the authorizer uses the keys or the secret while it cannot fetch them again (RFC 5861)."
  type = object({
    issuer                 = string
    additional_issuers     = optional(list(string), [])
    signing_algorithm      = string
    jwks                   = optional(string, "{\"keys\": []}")
    leeway_seconds         = optional(number, 5)
    stale_if_error_seconds = optional(number, 86400)
  })

  validation {
    condition     = can(regex("^(https://[A-Za-z0-9.-]+|http://(localhost|[a-z0-9-]+\\.localhost|127\\.0\\.0\\.1|\\[::1\\]))(:[0-9]+)?/$", var.tokens.issuer))
    error_message = "\"${var.tokens.issuer}\" is not an issuer. Write it as in a token's `iss`: `https://`, the tenant's domain, and one `/` at the end."
  }

  validation {
    condition     = alltrue([for issuer in var.tokens.additional_issuers : can(regex("^https://[A-Za-z0-9.-]+(:[0-9]+)?/$", issuer))])
    error_message = "Each of additional_issuers is an https origin and one slash: `https://login.films.example/`."
  }

  validation {
    condition     = length(distinct(concat([var.tokens.issuer], var.tokens.additional_issuers))) == 1 + length(var.tokens.additional_issuers)
    error_message = "additional_issuers names an issuer twice, or repeats `issuer`."
  }

  validation {
    condition     = contains(["RS256", "HS256"], var.tokens.signing_algorithm)
    error_message = "signing_algorithm is \"RS256\" or \"HS256\", not \"${var.tokens.signing_algorithm}\"."
  }

  validation {
    condition     = var.tokens.signing_algorithm == "HS256" || try(length(jsondecode(var.tokens.jwks).keys) > 0, false)
    error_message = "jwks is not a JWK set with at least one key: run `make plan`, which fetches the issuer's keys, or give the JSON at `<issuer>.well-known/jwks.json`."
  }

  validation {
    condition     = var.tokens.leeway_seconds >= 0 && var.tokens.leeway_seconds <= 60 && floor(var.tokens.leeway_seconds) == var.tokens.leeway_seconds
    error_message = "leeway_seconds is a whole number from 0 to 60: more would accept long expired tokens."
  }

  validation {
    condition     = var.tokens.stale_if_error_seconds >= 7200 && var.tokens.stale_if_error_seconds <= 604800 && floor(var.tokens.stale_if_error_seconds) == var.tokens.stale_if_error_seconds
    error_message = "stale_if_error_seconds is a whole number from 7200, which survives an outage of an hour, to 604800, a week."
  }
}

variable "client_id" {
  description = "Identifier of the single-page application at Auth0; public."
  type        = string

  validation {
    condition     = length(var.client_id) > 0
    error_message = "Give the client ID that Auth0 shows for the application."
  }
}

variable "machine_client_ids" {
  description = "Identifier at Auth0 of each machine client of access.yaml, by its name there."
  type        = map(string)
  default     = {}

  validation {
    condition     = toset(keys(var.machine_client_ids)) == toset(keys(var.access.machine_clients))
    error_message = "machine_client_ids must name exactly the machine_clients of access.yaml."
  }
}

variable "access" {
  description = "The access rules: access.yaml, decoded."
  type = object({
    audience    = string
    scopes      = map(string)
    connections = map(object({ display_name = string, scopes = list(string) }))

    machine_clients = optional(map(object({ display_name = string, scopes = list(string) })), {})
  })
}

variable "directories" {
  description = "Folders that the module reads: `functions` with a folder for each function (one with an openapi.yaml is an API), `archives` with the built zips (`<architecture>/<function>.zip`), `site` with the built site."
  type        = object({ functions = string, archives = string, site = string })
}

variable "architecture" {
  description = "Instruction set of the functions: `arm64` or `x86_64`."
  type        = string
}

variable "login_flow" {
  description = "How the site asks for tokens: `code`, or `implicit` for tenants that support only the implicit grant."
  type        = string

  validation {
    condition     = contains(["code", "implicit"], var.login_flow)
    error_message = "The site knows the login flows \"code\" and \"implicit\", not \"${var.login_flow}\"."
  }
}

variable "protect_data" {
  description = "Whether new tables begin empty instead of with the rows of each API's sample.json, and all tables refuse to be destroyed and can be restored to any second of the last 35 days."
  type        = bool
}

variable "domain" {
  description = "Domain names of the site besides CloudFront's own, the ARN of their certificate in us-east-1, and the Route 53 zone that gets their records (null where another DNS serves them)."
  type        = object({ aliases = list(string), certificate_arn = string, hosted_zone_id = optional(string) })
  default     = { aliases = [], certificate_arn = null }
  nullable    = false
}

variable "edge" {
  description = "How the edge serves the site; module site has the meanings and the defaults."
  type = object({
    price_class             = optional(string)
    hsts_include_subdomains = optional(bool)
    report_url              = optional(string)
    web_acl_arn             = optional(string)
    access_log_bucket       = optional(string)
    cache_behaviors_quota   = optional(number)
  })
  default = {}
}

variable "wait_for_deployment" {
  description = "Whether an apply waits until every edge location has received the change."
  type        = bool
  default     = true
}

variable "expire_earlier_versions" {
  description = "Whether S3 deletes a version of a site's file 30 days after another has replaced it."
  type        = bool
  default     = true
}

variable "throttling" {
  description = "Throttling limits of each API whose document has no `x-throttling`: requests per second, and requests at once. `factor` multiplies the limits of the documents."
  type = object({
    requests_per_second = optional(number, 50)
    burst_requests      = optional(number, 100)
    factor              = optional(number, 1)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.throttling.requests_per_second >= 1 && var.throttling.burst_requests >= 1 && var.throttling.factor > 0
    error_message = "A limit of throttling is at least 1, and its factor above 0: with 0, API Gateway refuses every request."
  }
}

variable "telemetry" {
  description = "How long logs are kept, in days (a number that CloudWatch takes), and whether X-Ray traces requests."
  type        = object({ log_retention_days = optional(number, 365), xray = optional(bool, true) })
  default     = {}
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the tables and the logs; null for AWS's own keys. Its policy has to let CloudWatch Logs and the account's IAM policies use it."
  type        = string
  default     = null
}

variable "origin_key_required" {
  description = "Whether the APIs refuse requests that do not come through the distribution; `make origin-key` comes first."
  type        = bool
  default     = false
  nullable    = false
}
