"""`make smoke`: sends an environment the requests of a visitor, a program and an attacker, and judges the answers."""
