"""The decisions of two commits: build the authorizer of each, ask both the same questions, compare the answers."""
