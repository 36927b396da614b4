"""The Management API, /api/v2: as much of it as Terraform's auth0 provider and `make up` call.

https://auth0.com/docs/api/management/v2
"""
