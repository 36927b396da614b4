"""Serves one DynamoDB table as a read-only REST API: list, get and health, as the API's own OpenAPI document says.

An API that uses it is a folder with openapi.yaml, sample.json and a handler.py of one statement. The guard calls it.
"""
