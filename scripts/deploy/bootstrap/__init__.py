"""`make bootstrap`: creates what an environment needs before its first plan; changes nothing that already exists."""
