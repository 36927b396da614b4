"""The locked compiler of the zips' Python sources: a CPython that Node.js runs, and its program."""
