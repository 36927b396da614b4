"""Composes the environment of every program that the project starts, from an allow-list of the shell's variables.

It drops variables that change where a program works, what it reads or what it does (TF_WORKSPACE, CDPATH, PIP_TARGET,
NODE_OPTIONS, PYTHONPATH, GIT_DIR ...). It passes variables that people need to reach the internet, their account or
their tenant. docs/settings.md lists the names below; a test compares the two.

scripts/install.py imports this module on the machine's own Python, so it needs only Python 3.11.
"""

import ast
import fnmatch
import io
import ipaddress
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from urllib.parse import urlsplit

EVERY_PROGRAM = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ", "LD_LIBRARY_PATH"),
    *("LANG", "LANGUAGE", "LC_*", "TERM", "COLUMNS", "NO_COLOR", "CI"),
    *("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_DATA_DIRS", "XDG_RUNTIME_DIR"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"),
)
"""The user, home and PATH; the language; the trusted certificate authorities; and the proxies."""

TERRAFORM = (
    *("TF_PLUGIN_CACHE_DIR", "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE", "TF_TOKEN_*", "TF_REGISTRY_*"),
    *("GOGC", "GOMEMLIMIT"),
)
"""How Terraform finds and caches its providers (https://developer.hashicorp.com/terraform/cli/config/environment-variables)."""

ACCOUNT = ("AWS_*", "AUTH0_*", "TF_VAR_*")
"""The AWS account, the Auth0 tenant and the variables of terraform/cloud; the local root gets none of them."""

NPM = (
    *("npm_config_registry", "npm_config_cafile", "npm_config_ca", "npm_config_cache", "npm_config_strict_ssl"),
    *("npm_config_proxy", "npm_config_https_proxy", "npm_config_noproxy", "npm_config_userconfig"),
)
"""The places where npm finds packages, in lower or upper case (https://docs.npmjs.com/cli/v11/using-npm/config)."""

PIP_OPTIONS = (
    *("index-url", "extra-index-url", "find-links", "no-index", "trusted-host", "cert", "client-cert", "proxy"),
    *("timeout", "default-timeout", "retries", "cache-dir", "keyring-provider"),
)
"""The places where pip finds packages: the options that pass, from PIP_* or else from pip.conf."""

UV = (
    *("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_INDEX_*_USERNAME"),
    *("UV_INDEX_*_PASSWORD", "UV_INSECURE_HOST", "UV_KEYRING_PROVIDER", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS"),
    *("UV_HTTP_TIMEOUT", "UV_CACHE_DIR", "UV_LINK_MODE", "UV_OFFLINE", "UV_PYTHON_INSTALL_MIRROR"),
)
"""Where uv finds packages and Pythons (https://docs.astral.sh/uv/reference/environment/), without uv.toml."""

# A short Terraform run spends most of its time on the AWS provider's schema. With Go's default, 100, garbage collection
# takes a third of that time.
_TERRAFORM_DEFAULTS = {"GOGC": "400"}
# A variable overrides npm's own file, which may hold other values for other projects.
_NPM_FIXED = {
    "npm_config_global": "false",
    "npm_config_location": "project",
    "npm_config_dry_run": "false",
    "npm_config_include": "dev",
    "npm_config_fund": "false",
    "npm_config_audit": "false",
    "npm_config_update_notifier": "false",
}
_UV_OF_PIP = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "keyring-provider": "UV_KEYRING_PROVIDER",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
}
_PIP_OF_UV = {
    "index-url": ("UV_DEFAULT_INDEX", "UV_INDEX_URL"),
    "extra-index-url": ("UV_INDEX", "UV_EXTRA_INDEX_URL"),
    "find-links": ("UV_FIND_LINKS",),
    "trusted-host": ("UV_INSECURE_HOST",),
}
_THIS_MACHINE = ("localhost", ".localhost", "127.0.0.1", "::1")


def for_program(*groups: Iterable[str], shell: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a program: the variables that every program gets, and those of the groups.

    A name may contain `*`. `shell` is this process's environment by default. No proxy applies to this machine, and
    every Python uses UTF-8.
    """
    shell = os.environ if shell is None else shell
    patterns = [*EVERY_PROGRAM, *(name for group in groups for name in group)]
    passed = {name: value for name, value in shell.items() if any(fnmatch.fnmatchcase(name, each) for each in patterns)}
    spare_this_machine(passed)
    return {**passed, "PYTHONUTF8": "1"}


def for_terraform(*groups: Iterable[str], shell: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of Terraform and its providers, with the variables of the groups."""
    return {**_TERRAFORM_DEFAULTS, **for_program(TERRAFORM, *groups, shell=shell)}


def for_npm(shell: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of npm, and of the Node.js that it starts. npm works in its current folder."""
    shell = os.environ if shell is None else shell
    folded = {name.lower(): value for name, value in shell.items() if name.lower().startswith("npm_config_")}
    passed = {name: value for name, value in folded.items() if name in NPM}
    return {**for_program(shell=shell), **passed, **_NPM_FIXED}


def for_installers(python: str, shell: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of pip and uv; an index address set for one of them applies to both.

    `python` is a Python that has pip, which reads pip's configuration files.
    """
    shell = os.environ if shell is None else shell
    pip = _pip_settings(python, shell)
    environment = for_program(UV, shell=shell)
    for option, name in _UV_OF_PIP.items():
        if option in pip and not any(also in environment for also in (name, *_PIP_OF_UV.get(option, ()))):
            # uv separates folders by commas, pip by spaces.
            environment[name] = ",".join(pip[option].split()) if option == "find-links" else pip[option]
    for option, names in _PIP_OF_UV.items():
        given = next((shell[name] for name in names if shell.get(name)), None)
        if given and option not in pip:
            pip[option] = " ".join(given.split(",")) if option == "find-links" else given
    environment |= {f"PIP_{option.upper().replace('-', '_')}": value for option, value in pip.items()}
    if "proxy" in pip:
        environment.setdefault("HTTPS_PROXY", pip["proxy"])
    if "cert" in pip:
        environment.setdefault("SSL_CERT_FILE", pip["cert"])
    fixed = {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    return {**environment, **fixed, "UV_NO_CONFIG": "1", "UV_NO_PROGRESS": "1"}


def spare_this_machine(environment: MutableMapping[str, str]) -> None:
    """Exempt this machine's own names from every proxy, for all clients in this process and its children."""
    named = (environment.get("NO_PROXY") or environment.get("no_proxy") or "").split(",")
    hosts = [host.strip() for host in named if host.strip()]
    every = ",".join([*hosts, *(host for host in _THIS_MACHINE if host not in hosts)])
    environment["NO_PROXY"] = environment["no_proxy"] = every


def is_this_machine(url: str) -> bool:
    """Return whether an address is this machine's: a loopback address, or a name under `.localhost` (RFC 6761 §6.3)."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def prepare_this_process() -> None:
    """Apply the same rules to this process: no proxy for this machine, and output in UTF-8."""
    spare_this_machine(os.environ)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")


def _pip_settings(python: str, shell: Mapping[str, str]) -> dict[str, str]:
    """Return the values of PIP_OPTIONS by name: from PIP_*, else from pip's files."""
    own = {name: value for name, value in shell.items() if name.startswith("PIP_")}
    command = [python, "-I", "-m", "pip", "config", "list"]
    # Other options of pip could make even this command fail, so pass only the path of its file.
    told = {**for_program(shell=shell), **{name: own[name] for name in ("PIP_CONFIG_FILE",) if name in own}}
    answer = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
    found = {}
    for line in answer.stdout.splitlines():
        key, _, value = line.partition("=")
        section, _, option = key.rpartition(".")
        if section in {"global", "install", "download"} and option in PIP_OPTIONS:
            found[option] = str(ast.literal_eval(value)).strip()
    for option in PIP_OPTIONS:
        if in_shell := own.get(f"PIP_{option.upper().replace('-', '_')}"):
            found[option] = in_shell
    return found
