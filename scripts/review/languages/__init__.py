"""Sets of requests as automata: those that a policy allows, and those that a router sends to an operation.

A request is a text `GET/movies/7`: the method and the path. Each set is a regular language. So an automaton decides
whether one set contains another, without samples, and finds a shortest example of a difference. automata-lib makes and
compares the automata.
"""
