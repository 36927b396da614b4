"""The data files: access.yaml and every API's openapi.yaml, checked and compiled for the authorizer; branding.yaml.

People write them; Terraform, the authorizer, the site and the tests read them. This package reports a mistake in a
sentence, before the build or a plan.
"""

from scripts.build.data_files.access import load_access
from scripts.build.data_files.access_model import compile_access_model
from scripts.build.data_files.apis import load_apis
from scripts.build.data_files.project import Project, load_project

__all__ = ["Project", "compile_access_model", "load_access", "load_apis", "load_project"]
