"""Commands that explain what the data files or a change mean."""
