"""Commands that say what the data files or a change mean."""
