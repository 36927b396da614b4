"""Builds what Terraform deploys: a zip for each Lambda, the same wherever the same Python builds it, and the site."""
