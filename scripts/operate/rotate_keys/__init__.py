"""`make rotate-keys`: replaces a key or secret in use, without a failed request."""
