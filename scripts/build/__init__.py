"""Builds what Terraform deploys: a zip for each Lambda, the same bytes on every machine with one Python, and the site."""
