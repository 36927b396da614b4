"""Small documents for the tests of scripts.review: grants and required scopes in a few lines."""

from scripts.build.data_files.access_model import compile_access_model
from scripts.build.data_files.project import Project

type Paths = dict[str, dict[str, list[str]]]
"""Paths, methods, and the scopes that each operation needs together; none for a public operation."""

PATHS: Paths = {
    "/movies": {"get": ["read"], "post": ["write"]},
    "/movies/{id}": {"get": ["read"], "delete": ["write"]},
    "/movies/health": {"get": []},
}


def project(paths: Paths, amazon: list[str], google: list[str]) -> Project:
    """Return the documents of one API, movies, with two connections and a machine client that may write."""
    apis = {
        "movies": {
            "paths": {
                path: {
                    method: {"security": [{"auth0": needed}] if needed else []} for method, needed in methods.items()
                }
                for path, methods in paths.items()
            }
        }
    }
    access = {
        "audience": "https://api.example",
        "scopes": {"read": "", "write": ""},
        "role_based_access_control": False,
        "connections": {
            "amazon": {"display_name": "Amazon", "scopes": amazon},
            "google-oauth2": {"display_name": "Google", "scopes": google},
        },
        "machine_clients": {"report": {"display_name": "Report", "scopes": ["write"]}},
    }
    return Project(access, apis, compile_access_model(access, apis))
