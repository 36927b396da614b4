"""The table's rows, a file for a question: each row is a name, an expected answer, a way to make it, and why."""
