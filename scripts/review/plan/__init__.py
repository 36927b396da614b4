"""Explains a saved Terraform plan: what it destroys, what touches security, and which rules it breaks."""
