"""`make rotate-keys`: a new key or secret takes the place of one in use, and no request fails meanwhile."""
