variable "project" {
  description = "First part of every name in the cloud."
  type        = string
  default     = "gatehouse"
}

variable "environment" {
  description = "Second part of every name in the cloud, and the name of the tfvars file."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,9}$", var.environment))
    error_message = "environment must be 2 to 10 lower-case letters and digits, as in environments/<environment>.tfvars."
  }
}

variable "production" {
  description = "Whether real visitors depend on it: the tables are protected and begin empty, no connection uses Auth0's development keys, and no localhost signs in."
  type        = bool
}

variable "region" {
  description = "AWS region of everything except CloudFront."
  type        = string
}

variable "aws_account_id" {
  description = "The only AWS account that takes this environment; Terraform refuses the credentials of another one."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.aws_account_id))
    error_message = "aws_account_id must be the twelve digits of the AWS account: `aws sts get-caller-identity` prints them."
  }
}

variable "architecture" {
  description = "Processor of the functions, as Lambda names it; `make plan` builds build/<architecture>."
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be arm64 or x86_64."
  }
}

variable "aliases" {
  description = "Domain names of the site. Their DNS records point at the distribution; you declare them elsewhere."
  type        = list(string)
  default     = []
}

variable "certificate_arn" {
  description = "ARN of the certificate for `aliases`, in us-east-1."
  type        = string
  default     = null
}

variable "issuer" {
  description = "Issuer of the tokens, exactly as in `iss`: the tenant's address, or that of its custom domain."
  type        = string

  validation {
    condition     = can(regex("^https://[a-z0-9.-]+(:[0-9]+)?/$", var.issuer))
    error_message = "issuer must be written https://<tenant>.<region>.auth0.com/ with the slash at its end, exactly as in a token's iss."
  }
}

variable "additional_issuers" {
  description = "Further issuers whose tokens the authorizer accepts, exactly as in `iss`: other addresses of the same tenant."
  type        = list(string)
  default     = []
}

variable "tenant_domain" {
  description = "The tenant's own domain, where the issuer is a custom domain."
  type        = string
  default     = null
}

variable "jwks" {
  description = "Public keys of the issuer, as JSON: the text of <issuer>.well-known/jwks.json. Unused with HS256."
  type        = string
  default     = "{\"keys\": []}"

  validation {
    condition     = var.api_signing_algorithm == "HS256" || try(length(jsondecode(var.jwks).keys) > 0, false)
    error_message = "jwks holds no key: run `make plan`, which fetches the issuer's keys, or set TF_VAR_jwks to the text of <issuer>.well-known/jwks.json."
  }
}

variable "additional_site_urls" {
  description = "Further addresses from which the site may sign in, besides the distribution's own and the aliases."
  type        = list(string)
  default     = []

  validation {
    condition     = !var.production || alltrue([for url in var.additional_site_urls : startswith(url, "https://")])
    error_message = "A production tenant must not send tokens to http addresses: remove them from additional_site_urls."
  }
}

variable "connection_credentials" {
  description = "Keys of our own application at each identity provider, by connection; set TF_VAR_connection_credentials, never a tfvars file."
  type        = map(object({ client_id = string, client_secret = string }))
  default     = {}
  sensitive   = true
}

variable "development_keys_accepted" {
  description = "Connections that may use Auth0's shared development keys, by name. Taking over a connection with them erases the keys that it has."
  type        = set(string)
  default     = []

  validation {
    condition     = !var.production || length(var.development_keys_accepted) == 0
    error_message = "Production refuses Auth0's development keys, which show Auth0's name on the consent page: remove development_keys_accepted, and give every connection keys in connection_credentials."
  }
}

variable "manage_tenant_look" {
  description = "Whether this environment sets the look, the texts and the login experience of the whole tenant. Say true only for a tenant that serves no other application; a destroy restores the look from before."
  type        = bool
  default     = false
}

variable "tenant_look_before" {
  description = "The look that the tenant has, as JSON; `make plan` reads it from the tenant. Unused unless manage_tenant_look."
  type        = string
  default     = null
}

variable "existing_connection_ids" {
  description = "Ids (con_...) of the connections that the tenant already has and that Terraform takes over, by name: a new tenant owns a google-oauth2, and creating it again answers 409."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name, id in var.existing_connection_ids : startswith(id, "con_") && contains(keys(local.access.connections), name)])
    error_message = "existing_connection_ids must map a connection of auth0/access.yaml to its id, such as { google-oauth2 = \"con_...\" }: Auth0 > Authentication > Social shows it."
  }
}

variable "login_flow" {
  description = "How the site asks for tokens: code (with PKCE), or implicit for a site that cannot leave the implicit grant yet."
  type        = string
  default     = "code"
}

variable "api_signing_algorithm" {
  description = "How access tokens are signed: RS256, or HS256 for a tenant that already shares a secret."
  type        = string
  default     = "RS256"
}

variable "signing_secret" {
  description = "Secret of HS256; set TF_VAR_signing_secret, never a tfvars file."
  type        = string
  default     = null
  sensitive   = true
}

variable "leeway_seconds" {
  description = "How far the tenant's clock and Lambda's may differ, in seconds."
  type        = number
  default     = 5
}

variable "stale_if_error_seconds" {
  description = "How long the tenant's keys, or the secret of HS256, are trusted while they cannot be fetched again, in seconds."
  type        = number
  default     = 86400
}

variable "origin_key_required" {
  description = "Whether the APIs refuse requests that do not come through the distribution; run `make origin-key` first."
  type        = bool
  default     = false
}

variable "hsts_include_subdomains" {
  description = "Whether browsers refuse plain HTTP for every subdomain of the site's domain, too, for two years."
  type        = bool
  default     = false
}

variable "price_class" {
  description = "Regions whose edge locations serve the site: `PriceClass_100`, `PriceClass_200` or `PriceClass_All`."
  type        = string
  default     = "PriceClass_100"
}

variable "report_url" {
  description = "Address that browsers report violations of the content security policy to; null for no reports."
  type        = string
  default     = null
}

variable "hosted_zone_id" {
  description = "Identifier of the Route 53 zone that gets the records of `aliases`; null where another DNS serves them."
  type        = string
  default     = null
}

variable "web_acl_arn" {
  description = "ARN of a web ACL of AWS WAF for the distribution (scope CLOUDFRONT, in us-east-1); null for none."
  type        = string
  default     = null
}
