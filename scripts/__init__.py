"""The programs behind the Makefile's verbs, in packages named after its headings."""
