"""Proof that the production root works: it is applied, unmodified, to the local AWS and an empty local tenant."""
