"""Commands that change an environment: plan, apply, forget, destroy and unlock."""
