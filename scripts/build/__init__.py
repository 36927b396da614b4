"""Builds what Terraform deploys: a zip for each Lambda, with the same bytes on every machine, and the site's files."""
