"""Hostile tokens and events: one table, run in-process, through the local stack, and against any deployed stack."""
