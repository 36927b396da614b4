"""`make revoke`: the kill switch. Decision 0015 says why the list is in the authorizer's own configuration.

`entries` is the list and knows no AWS; `switch` puts a list in force; `__main__` is the command line.
"""
