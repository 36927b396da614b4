"""Commands that change an environment: plan, apply, forget and destroy."""
