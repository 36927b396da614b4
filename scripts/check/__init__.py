"""Commands that check the project itself: linters, Terraform tests, hostile tokens, the cloud root."""
