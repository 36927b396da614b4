"""Serves one DynamoDB table as a REST API, as the API's own OpenAPI document says.

It lists and gets items; where the document has the operations, it also creates, replaces and deletes them.
An API that uses it is a folder with openapi.yaml, sample.json and a handler.py of one statement. The guard calls it.
"""
