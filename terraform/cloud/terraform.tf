terraform {
  required_version = "~> 1.11"

  required_providers {
    auth0 = {
      source  = "auth0/auth0"
      version = ">= 1.52.0, < 2.0.0"
    }
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
  }

  # The rest is in environments/<environment>.s3.tfbackend.
  backend "s3" {
    use_lockfile = true
    encrypt      = true
  }
}
