"""Commands that change an environment, from bootstrap to destroy."""
