"""`make deploy-canary`: a share of the invocations for a plan's new code, while the alarms are watched."""
