"""The Management API, /api/v2: every resource that the project's Terraform declares or its commands read.

https://auth0.com/docs/api/management/v2
"""
