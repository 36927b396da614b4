"""`make bootstrap`: makes what an environment needs before its first plan, and changes nothing that is there."""
