"""One table of hostile tokens and events, tried in-process, on the local stack, and on any deployed stack."""
