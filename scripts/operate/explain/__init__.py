"""`make explain`: prints a token's claims, whether an environment accepts it, and which routes it opens there.

`unverified` reads a token for people. `deployed_access_model` fetches the environment's settings and access model.
`verdict` decides with the authorizer's own code. `report` puts the result into words. `__main__` is the command line.
"""
