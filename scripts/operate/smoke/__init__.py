"""`make smoke`: ask a deployed environment as a visitor, a program and an attacker would, and judge the answers."""
