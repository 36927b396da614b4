"""The way back from an apply that was cut short: finds the objects that it made, and takes them into Terraform's state.

Terraform keeps a new object's identifier in memory and writes the state to the backend every 20 seconds. An apply that
is killed leaves objects that the state does not know, and the next apply stops at each of them.
"""
