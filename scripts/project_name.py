"""The first part of every name in AWS, both local and in the cloud. Its home is terraform/project.json."""

import json
from pathlib import Path

PROJECT_FILE = Path(__file__).resolve().parents[1] / "terraform" / "project.json"
PROJECT: str = json.loads(PROJECT_FILE.read_text(encoding="utf-8"))["name"]
"""The project's name. To rename the project, change the file, then `make clean up`."""
