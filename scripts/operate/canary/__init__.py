"""`make deploy-canary`: runs a plan's new code on a share of the invocations and watches the alarms."""
