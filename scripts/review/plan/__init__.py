"""A saved plan of Terraform, read for its meaning: what is lost, what touches security, and which rules it breaks."""
