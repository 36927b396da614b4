"""A plan's text, as real Terraform gives it."""

import subprocess
from pathlib import Path

import pytest

from scripts import child_environment
from scripts.terraform_root import TerraformRoot, warnings

pytestmark = [
    pytest.mark.process,
    pytest.mark.filterwarnings("ignore:The 'warn' method is deprecated"),  # python-terraform's
]

CODE = """
terraform {{
  backend "local" {{}}
}}
resource "terraform_data" "row" {{
  input = "{}"
}}
check "row" {{
  assert {{
    condition     = terraform_data.row.input == "before"
    error_message = "The row is another."
  }}
}}
"""


def test_a_plan_says_what_terraform_show_says_of_the_saved_one(tmp_path: Path) -> None:
    folder, saved = tmp_path / "root", tmp_path / "plan"
    folder.mkdir()
    root = TerraformRoot(folder, tmp_path / "data", tmp_path / "log", child_environment.for_program())
    (folder / "main.tf").write_text(CODE.format("before"), encoding="utf-8")
    root.init({"path": str(tmp_path / "state")}, lock_file="update")
    root.plan(saved)
    root.apply(saved)
    (folder / "main.tf").write_text(CODE.format("after"), encoding="utf-8")
    planned = root.plan(saved)
    command = ["terraform", "show", "-no-color", str(saved)]
    shown = subprocess.run(
        command, cwd=folder, env={**root.environment, "TF_DATA_DIR": str(root.data_directory)}, capture_output=True
    )
    assert planned.has_changes
    assert planned.text.strip() == shown.stdout.decode().strip()
    assert "1 to change" in planned.text
    assert warnings(root.read_plan(saved)) == ["The row is another."]
    root.apply(saved)
    assert not root.plan(saved).has_changes
