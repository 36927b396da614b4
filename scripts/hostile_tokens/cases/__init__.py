"""The rows of the table, a file for each question: a name, an expected answer, a recipe, and the reason."""
