"""What an application calls: the token endpoint, revocation, user info, discovery."""
