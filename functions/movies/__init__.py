"""The movies API: openapi.yaml declares its operations, sample.json its first items."""
