"""Commands for a deployed environment: doctor, explain, revoke."""
