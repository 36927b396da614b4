"""Compares each API's document with its handler: an operation that the handler cannot serve would answer 502."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.build.data_files.documents import shown
from table_api.document import read_operations

HANDLER = "handler.py"


def handler_problems(functions_directory: Path, apis: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Yield a sentence for each operation that table_api cannot serve, for the APIs that use table_api."""
    for name, document in apis.items():
        handler = functions_directory / name / HANDLER
        if not _is_table_api(handler):
            continue
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                try:
                    read_operations(name, {**document, "paths": {path: {method: operation}}})
                except ValueError as error:
                    yield f"{shown(handler.with_name('openapi.yaml'))}: {error}"


def _is_table_api(handler: Path) -> bool:
    """Return whether the handler imports from table_api; the build reports a handler with a syntax error."""
    try:
        tree = ast.parse(handler.read_bytes())
    except (FileNotFoundError, SyntaxError, ValueError):
        return False
    imported = (node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return any(module.split(".")[0] == "table_api" for module in imported)
