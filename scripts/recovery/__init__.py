"""Recovers from an apply that was cut short: finds the objects that it created, and takes them into Terraform's state.

Terraform keeps a new object's identifier in memory, and writes the state to the backend every 20 seconds. A killed
apply leaves objects that the state does not know, and the next apply stops at each of them.
"""
