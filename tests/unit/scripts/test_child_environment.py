"""Which variables of a shell reach the programs that we start; each case is somebody's real shell."""

import subprocess
import sys
from pathlib import Path

import pytest

from scripts import child_environment as passing
from scripts.tools import ROOT

ANYBODYS = {"PATH": "/usr/bin:/bin", "HOME": "/home/ada"}
MISLEADING = {
    "TF_WORKSPACE": "dev",
    "TF_CLI_ARGS": "-x",
    "TF_CLI_ARGS_plan": "-destroy",
    "TF_DATA_DIR": "/x",
    "TF_LOG": "1",
    "TF_LOG_PATH": "/x",
    "TF_IGNORE": "trace",
    "TF_REATTACH_PROVIDERS": "{}",
    "TF_CLI_CONFIG_FILE": "/x",
    "CDPATH": "/x",
    "BASH_ENV": "/x",
    "NODE_OPTIONS": "--require /x",
    "NODE_PATH": "/x",
    "npm_config_prefix": "/x",
    "PYTHONPATH": "/x",
    "PYTHONHOME": "/x",
    "PYTHONSAFEPATH": "1",
    "PYTHONSTARTUP": "/x",
    "PYTHONIOENCODING": "x",
    "PIP_USER": "1",
    "PIP_TARGET": "/x",
    "PIP_PREFIX": "/x",
    "PIP_REQUIRE_VIRTUALENV": "1",
    "PIP_CONFIG_FILE": "/x",
    "UV_PROJECT_ENVIRONMENT": "/x",
    "UV_SYSTEM_PYTHON": "1",
    "UV_CONFIG_FILE": "/x",
    "UV_TARGET": "/x",
    "GIT_DIR": "/x",
    "GIT_WORK_TREE": "/x",
    "VIRTUAL_ENV": "/x",
    "ESBUILD_BINARY_PATH": "/x",
    "LD_PRELOAD": "/x",
}


def test_no_setting_that_misleads_a_program_passes() -> None:
    groups = (passing.TERRAFORM, passing.ACCOUNT, passing.UV)
    assert passing.for_program(*groups, shell={**ANYBODYS, **MISLEADING}).keys() & MISLEADING.keys() == set()


def test_variables_that_people_need_are_passed_on() -> None:
    shell = {
        **ANYBODYS,
        "HTTPS_PROXY": "http://proxy:3128",
        "SSL_CERT_FILE": "/ca.pem",
        "TF_PLUGIN_CACHE_DIR": "/c",
        "AWS_PROFILE": "dev",
        "AUTH0_DOMAIN": "x",
        "TF_VAR_signing_secret": "x",
        "TF_TOKEN_app_terraform_io": "x",
    }
    passed = passing.for_program(passing.TERRAFORM, passing.ACCOUNT, shell=shell)
    assert {name: passed[name] for name in shell} == shell


def test_the_account_and_the_tenant_reach_only_programs_that_ask_for_them() -> None:
    shell = {**ANYBODYS, "AWS_PROFILE": "prod", "AUTH0_CLIENT_SECRET": "x", "TF_VAR_issuer": "x"}
    assert passing.for_program(passing.TERRAFORM, shell=shell).keys() & shell.keys() == ANYBODYS.keys()


@pytest.mark.parametrize("before", ["", "intranet.example,localhost"])
def test_no_proxy_applies_to_this_machine(before: str) -> None:
    shell = {**ANYBODYS, "HTTP_PROXY": "http://127.0.0.1:9", **({"no_proxy": before} if before else {})}
    environment = passing.for_program(shell=shell)
    spared = environment["NO_PROXY"].split(",")
    assert {"localhost", ".localhost", "127.0.0.1", "::1", *filter(None, before.split(","))} == set(spared)
    assert environment["no_proxy"] == environment["NO_PROXY"]


def test_npm_works_in_our_folder_and_asks_the_registry_of_the_shell() -> None:
    shell = {
        **ANYBODYS,
        "NPM_CONFIG_REGISTRY": "https://npm.example",
        "npm_config_prefix": "/x",
        "NPM_CONFIG_GLOBAL": "true",
    }
    environment = passing.for_npm(shell)
    assert environment["npm_config_registry"] == "https://npm.example"
    assert environment["npm_config_global"] == "false"
    assert not {"npm_config_prefix", "NPM_CONFIG_GLOBAL"} & environment.keys()


@pytest.mark.process
def test_an_index_given_to_pip_serves_uv_and_the_other_way_round() -> None:
    pip = passing.for_installers(
        sys.executable, {**ANYBODYS, "PIP_CONFIG_FILE": "/dev/null", "PIP_INDEX_URL": "https://i/pip"}
    )
    uv = passing.for_installers(
        sys.executable, {**ANYBODYS, "PIP_CONFIG_FILE": "/dev/null", "UV_DEFAULT_INDEX": "https://i/uv"}
    )
    assert (pip["PIP_INDEX_URL"], pip["UV_DEFAULT_INDEX"]) == ("https://i/pip", "https://i/pip")
    assert (uv["PIP_INDEX_URL"], uv["UV_DEFAULT_INDEX"]) == ("https://i/uv", "https://i/uv")


@pytest.mark.process
def test_an_index_in_pips_file_serves_both_and_its_places_to_install_to_serve_neither(tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex-url = https://i/file\nfind-links =\n    /a\n    /b\nuser = true\n"
        "[install]\ntarget = /x\nprefix = /x\n"
    )
    shell = {**ANYBODYS, "PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "PIP_USER": "1"}
    environment = passing.for_installers(sys.executable, shell)
    assert environment["PIP_INDEX_URL"] == environment["UV_DEFAULT_INDEX"] == "https://i/file"
    assert (environment["PIP_FIND_LINKS"].split(), environment["UV_FIND_LINKS"]) == (["/a", "/b"], "/a,/b")
    assert not {"PIP_USER", "PIP_TARGET", "PIP_PREFIX"} & environment.keys()
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], env=environment, capture_output=True, text=True, check=True
    )
    assert "target" not in listed.stdout
    assert "user" not in listed.stdout


@pytest.mark.process
def test_every_program_is_started_with_an_environment_that_we_compose() -> None:
    """A start without `env=` inherits the shell's variables; so does one with all of `os.environ`."""
    starts = ("subprocess.run(", "subprocess.Popen(", "create_subprocess_exec(", "os.execve(", "os.execv(")
    for source in [*(ROOT / "scripts").rglob("*.py"), *(ROOT / "local").rglob("*.py")]:
        text = source.read_text(encoding="utf-8")
        assert "**os.environ" not in text, source
        for call in starts:
            for rest in text.split(call)[1:]:
                arguments = rest[: _end(rest)]
                composed = "env=" in arguments or "for_program(" in arguments or "-I" in arguments
                assert composed, f"{source.relative_to(ROOT)}: {call}{arguments})"


def _end(text: str) -> int:
    """Return the position of the parenthesis that closes the one opened before the text."""
    depth = 1
    for index, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return index
    raise AssertionError(text[:80])


@pytest.mark.parametrize("url", ["http://localhost:1/", "https://a.localhost", "http://127.0.0.1:2", "http://[::1]/"])
def test_loopback_addresses_and_names_under_localhost_are_this_machine(url: str) -> None:
    assert passing.is_this_machine(url)


@pytest.mark.parametrize("url", ["https://localhost.example", "https://notlocalhost", "http://10.0.0.1", "nothing"])
def test_other_addresses_are_not_this_machine(url: str) -> None:
    assert not passing.is_this_machine(url)
