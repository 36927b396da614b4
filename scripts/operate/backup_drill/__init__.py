"""`make backup-drill`: restores an environment's backups and compares them: tables, state, tenant."""
