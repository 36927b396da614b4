terraform {
  required_version = "~> 1.11"

  # Where the state lies is told at init: -backend-config=path=...
  backend "local" {}

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}
