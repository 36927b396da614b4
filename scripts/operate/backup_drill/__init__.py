"""`make backup-drill`: what an environment's backups bring back: tables, the state's earlier version, the tenant."""
