terraform {
  required_version = "~> 1.11"

  # `init` gets the state's path by -backend-config=path=...
  backend "local" {}

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
  }
}
