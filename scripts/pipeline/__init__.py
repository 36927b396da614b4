"""What a pipeline on GitHub does besides the verbs that people run: comments, checks, issues, releases."""
