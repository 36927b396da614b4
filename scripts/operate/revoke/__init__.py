"""`make revoke`: the kill switch. Decision 0015 says why the list is in the authorizer's own configuration.

`switch` puts a revocation list in force. `__main__` is the command line. The list itself is scripts.revocation_list.
"""
