"""`make explain`: what a token says, whether an environment takes it, and what it opens there, route by route.

`unverified` reads a token for people; `deployed_access_model` fetches what an environment decides by; `verdict`
decides with the authorizer's own code; `report` puts it into words; `__main__` is the command line.
"""
