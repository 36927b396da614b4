"""The data files: access.yaml and every API's openapi.yaml, checked and compiled for the authorizer; branding.yaml.

They are written by hand and read by Terraform, the authorizer, the site and the tests, so a slip in one of them has to
be a sentence here, before anything is built or planned.
"""

from scripts.rules.access import load_access
from scripts.rules.apis import load_apis
from scripts.rules.compiled import compile_rules
from scripts.rules.project import Project, load_project

__all__ = ["Project", "compile_rules", "load_access", "load_apis", "load_project"]
