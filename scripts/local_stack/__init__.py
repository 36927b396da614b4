"""The whole system on one machine: its settings, its two background services and its tenant."""
