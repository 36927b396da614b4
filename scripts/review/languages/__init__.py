"""Sets of requests as automata: those that a policy allows, and those that a router sends to an operation.

A request is a text `GET/movies/7`: the method and the path. Each set is a regular language, so inclusion is decided and
not sampled, and a difference has a shortest example. automata-lib makes and compares the automata.
"""
