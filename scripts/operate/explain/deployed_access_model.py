"""Fetches the settings of an environment's authorizer, and the access model from its zip."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

import httpx
from botocore.exceptions import ClientError

from scripts.build.data_files import load_project
from scripts.deployed import LIVE, Deployed
from scripts.tools import ROOT

_ACCESS_MODEL = "authorizer/access_model.json"
_DOWNLOAD_SECONDS = 20


@dataclass(frozen=True)
class DeployedAccessModel:
    """The settings and the access model of the live version, and their origin in words."""

    settings: Mapping[str, str]
    access_model_text: str
    origin: str
    differing: tuple[str, ...]  # the authorizer's modules that differ from those of this working tree


def fetch(target: Deployed) -> DeployedAccessModel:
    """Return the settings and the access model of the environment's authorizer.

    Raises:
        OperationError: there is no authorizer, or the caller may not read its settings or its pseudonym key.
    """
    configuration = target.configuration(LIVE)
    variables = configuration.get("Environment", {}).get("Variables", {})
    variables = {**variables, "SUBJECT_HASH_KEY": target.subject_hash_key()}
    version = f"{target.authorizer}, version {configuration['Version']}"
    archive = _archive(target)
    if archive is None:
        origin = f"{version}; its archive cannot be had, so the access model is this checkout's"
        return DeployedAccessModel(variables, json.dumps(load_project(ROOT).access_model), origin, ())
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        access_model_text = opened.read(_ACCESS_MODEL).decode("utf-8")
        differing = tuple(name for name in _modules(opened) if _differs(opened, name))
    return DeployedAccessModel(
        variables, access_model_text, f"{version}, and the access model in its archive", differing
    )


def _archive(target: Deployed) -> bytes | None:
    """Return the deployed zip; None if the caller may read only the configuration, or the download fails."""
    try:
        location = target.functions.get_function(FunctionName=target.authorizer, Qualifier=LIVE)["Code"]["Location"]
        answer = httpx.get(location, timeout=_DOWNLOAD_SECONDS)
        answer.raise_for_status()
    except (ClientError, KeyError, httpx.HTTPError):
        return None
    return answer.content


def _modules(archive: zipfile.ZipFile) -> list[str]:
    return sorted(name for name in archive.namelist() if name.startswith("authorizer/") and name.endswith(".py"))


def _differs(archive: zipfile.ZipFile, name: str) -> bool:
    here = ROOT / "functions" / name
    return not here.exists() or here.read_bytes() != archive.read(name)
