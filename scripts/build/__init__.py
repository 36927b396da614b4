"""Builds what Terraform deploys: the site, and a zip for each Lambda function, reproducible with the same Python."""
