"""What every sign-in produces: a login, its Actions, its permissions, its tokens."""
