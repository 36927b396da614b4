"""Wraps every API's own handler: checks the scopes again, gives answers one form, writes a line to the log.

An API's function starts with guard.main, so no handler can omit the check.
"""
