"""Command lines, one file a verb; the Makefile calls them."""
