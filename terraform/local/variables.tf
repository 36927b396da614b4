variable "issuer" {
  description = "The `iss` of the local tenant's tokens: its origin and a slash"
  type        = string
}

variable "client_id" {
  description = "Identifier of the application AWSDemo at the local tenant"
  type        = string
}

variable "jwks" {
  description = "The local tenant's public keys, JSON"
  type        = string
}

variable "architecture" {
  description = "Instruction set of this machine, as Lambda calls it: `arm64` or `x86_64`"
  type        = string
}
