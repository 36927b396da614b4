"""Wraps every API's own handler: the second check of scopes, the answers' form, a line in the log.

An API's function starts with guard.main, so no handler can leave the check out.
"""
