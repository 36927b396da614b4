"""A local Auth0 tenant for development: it reads the same files as the real one and runs the same Action.

Browsers visit `sign_in`, applications call `token_endpoint`, and Terraform calls `management`; the first two produce a
`login`. Each of these packages imports the modules at this level. Of those, only `app`, `seed` and `__main__` import
the packages, to connect them.
"""
