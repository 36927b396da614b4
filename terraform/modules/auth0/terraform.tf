terraform {
  required_version = "~> 1.11"

  required_providers {
    auth0 = {
      source  = "auth0/auth0"
      version = ">= 1.52.0, < 2.0.0"
    }
  }
}
