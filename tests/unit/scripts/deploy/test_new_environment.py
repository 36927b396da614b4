"""A new environment is two files that the other verbs read."""

from pathlib import Path

import pytest

from scripts import hcl
from scripts.deploy.new_environment import _NAME, write
from scripts.environments import CLOUD
from scripts.errors import UserError


def test_the_two_files_say_what_those_of_dev_say(tmp_path: Path) -> None:
    tfvars, backend = write("staging", tmp_path)
    read = {path.suffix: hcl.read(path) for path in (tfvars, backend)}
    dev = {suffix: hcl.read(CLOUD / "environments" / f"dev{suffix}") for suffix in (".tfvars", ".s3.tfbackend")}
    assert read[".tfvars"].keys() == dev[".tfvars"].keys()
    assert read[".tfvars"]["environment"] == "staging"
    assert read[".tfbackend"].keys() == dev[".s3.tfbackend"].keys()
    assert read[".tfbackend"]["key"] == "gatehouse/staging.tfstate"
    text = tfvars.read_text(encoding="utf-8") + backend.read_text(encoding="utf-8")
    assert text.count("Yours to fill in") == 2


def test_terraform_takes_the_names_that_are_taken_here() -> None:
    variables = (CLOUD.parent / "modules" / "stack" / "variables.tf").read_text(encoding="utf-8")
    assert f'"^{_NAME.pattern}$"' in variables


@pytest.mark.parametrize("name", ["", "Staging", "1st", "a", "with_underscore", "with-hyphen", "elevenchars"])
def test_a_name_that_aws_would_refuse_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="2 to 10 lower-case letters"):
        write(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "staging.s3.tfbackend").write_text("mine")
    for name in ("staging", "local", "pull12"):
        with pytest.raises(UserError, match=f"the environment {name} exists already"):
            write(name, tmp_path)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]
