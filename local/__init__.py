"""For development only, never deployed: the local AWS and the local Auth0 tenant."""
