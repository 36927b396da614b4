"""`make new-api`: adds an API: a folder of functions/, and its name and scopes in two other files."""
