variable "access" {
  description = "The access rules: auth0/access.yaml, decoded."
  type = object({
    audience    = string
    scopes      = map(string)
    connections = map(object({ display_name = string, scopes = list(string) }))

    machine_clients           = optional(map(object({ display_name = string, scopes = list(string) })), {})
    role_based_access_control = optional(bool, false)
  })

  validation {
    condition     = length(var.access.scopes) > 0 && length(var.access.connections) > 0
    error_message = "access.yaml needs at least one scope and one connection."
  }

  validation {
    condition = alltrue(flatten([
      for grantee in concat(values(var.access.connections), values(var.access.machine_clients)) :
      [for scope in grantee.scopes : contains(keys(var.access.scopes), scope)]
    ]))
    error_message = "In access.yaml a connection or a machine client is granted a scope that is not declared: add it to `scopes` or correct its spelling."
  }
}

variable "preview" {
  description = "Name of the preview that owns this API, these applications and this Action; null for an environment. A preview has an `access.audience` of its own and uses the tenant's connections."
  type        = string
  default     = null
}

variable "action_code" {
  description = "Source of the post-login Action. The module prepends `access` to it, as the constant ACCESS."
  type        = string

  validation {
    condition     = strcontains(var.action_code, "onExecutePostLogin")
    error_message = "action_code must export onExecutePostLogin: pass the text of auth0/actions/grant_scopes.js, not its path."
  }
}

variable "site_urls" {
  description = "Addresses that serve the site, each with or without a final slash."
  type        = list(string)

  validation {
    condition     = length(var.site_urls) > 0
    error_message = "site_urls needs at least one address: without a callback nobody can sign in."
  }

  validation {
    condition = alltrue([
      for url in var.site_urls : can(regex("^(https://[^/*?#]+|http://([a-z0-9-]+\\.)*localhost(:[0-9]+)?)/?$", url))
    ])
    error_message = "Each of site_urls must be an origin without path or wildcard: https://name, or http://localhost:port."
  }
}

variable "api_signing_algorithm" {
  description = "How Auth0 signs access tokens. HS256 shares one secret between Auth0 and the authorizer; choose it only for a tenant that already does, and make the API with `make secret NAME=api` first."
  type        = string

  validation {
    condition     = contains(["RS256", "HS256"], var.api_signing_algorithm)
    error_message = "api_signing_algorithm must be RS256 or HS256."
  }
}

variable "login_flow" {
  description = "How the site asks for tokens: code (with PKCE), or implicit, which puts tokens into the address bar, for a site that still needs it."
  type        = string

  validation {
    condition     = contains(["code", "implicit"], var.login_flow)
    error_message = "login_flow must be code or implicit."
  }
}

variable "logo" {
  description = "Path of the application's logo below the site's address; Auth0 shows it where a user consents."
  type        = string
}
