"""Commands that change an environment: plan and apply."""
