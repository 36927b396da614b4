"""A local Auth0 tenant: it reads the same files as the real one and runs the same Action. Never deployed."""
