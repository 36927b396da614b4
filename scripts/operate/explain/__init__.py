"""`make explain`: prints a token's claims, whether an environment accepts it, and which routes it opens there.

`unverified` reads a token for people; `deployed_access_model` fetches what an environment decides by; `verdict`
decides with the authorizer's own code; `report` puts it into words; `__main__` is the command line.
"""
