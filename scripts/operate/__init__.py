"""Commands that observe and operate a running environment."""
