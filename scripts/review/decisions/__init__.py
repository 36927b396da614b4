"""Compares the decisions of two commits: builds the authorizer of each, and asks both the same questions."""
