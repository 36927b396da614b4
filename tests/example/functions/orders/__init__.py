"""The orders API: openapi.yaml says what it serves, sample.json what is in it to begin with."""
