"""Serves one DynamoDB table as a REST API, as the API's own OpenAPI document says.

It lists and gets items; if the document has the operations, it also creates, replaces and deletes them. An API that
uses it is a folder with openapi.yaml, sample.json and a one-statement handler.py. The guard calls it.
"""
