variable "tokens" {
  description = "The local tenant's access tokens: `issuer` is their `iss`, `signing_algorithm` is `RS256` or `HS256` (`make up API_SIGNING_ALGORITHM=HS256`), `jwks` the public keys as JSON."
  type        = object({ issuer = string, signing_algorithm = string, jwks = string })
}

variable "client_id" {
  description = "Identifier of the application AWSDemo at the local tenant."
  type        = string
}

variable "machine_client_ids" {
  description = "Identifier of each machine client of access.yaml at the local tenant, by its name there."
  type        = map(string)
}

variable "login_flow" {
  description = "How the site asks for tokens: `code` or `implicit`; `make up LOGIN_FLOW=implicit` sets it."
  type        = string
}

variable "architecture" {
  description = "Instruction set of this machine, as Lambda calls it: `arm64` or `x86_64`."
  type        = string
}
