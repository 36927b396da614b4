"""Commands for the system on this machine: up, down, status, logs, token, tenant."""
