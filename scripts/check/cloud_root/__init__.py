"""Checks that the production root works: applies it, unmodified, to the local AWS and an empty local tenant."""
