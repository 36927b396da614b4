"""`make revoke`: the kill switch. Why the list stands in the authorizer's own configuration: decision 0015.

`entries` is the list and knows no AWS; `switch` puts a list in force; `__main__` is the command line.
"""
