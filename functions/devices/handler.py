"""Entry point of the devices API's Lambda."""

from pathlib import Path

from table_api.entry import lambda_handler

handler = lambda_handler(Path(__file__).with_name("openapi.json"))
