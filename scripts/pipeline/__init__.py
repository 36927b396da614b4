"""Verbs that only a pipeline on GitHub runs: comments, checks, issues, releases."""
