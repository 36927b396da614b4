"""The handler of the orders API; Lambda calls it through guard.main."""

from table_api.entry import lambda_handler

handler = lambda_handler("orders")
