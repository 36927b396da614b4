"""Applies two previews to the tenant and the account that an environment lives in, and removes one after the other.

Nothing of the environment and of the other preview may change, and a token of one opens nothing of the other.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from scripts import environments, safe_destroy, tools
from scripts.build.data_files import load_project
from scripts.check.cloud_root.sandbox import Sandbox
from scripts.check.cloud_root.tenant import Tenant
from scripts.check.cloud_root.visitor import Visitor, expectations
from scripts.console import detail
from scripts.environments import PreviewEnvironment
from scripts.errors import OperationError
from scripts.project_name import PROJECT
from scripts.terraform_root import TerraformRoot

_NUMBERS = ("1", "2")


@dataclass(frozen=True)
class Preview:
    """A preview that was applied."""

    environment: PreviewEnvironment
    root: TerraformRoot


def check(sandbox: Sandbox, tenant: Tenant, application: Mapping[str, str]) -> None:
    """Apply, visit, remove; `application` has Terraform's credentials.

    Raises:
        OperationError: one of two previews is not whole, reaches into the other, or leaves something.
    """
    before, connections = tenant.inventory(), tenant.connection_names()
    previews = [_applied(sandbox, environments.preview(number), application) for number in _NUMBERS]
    first, second = (_visit(sandbox, one) for one in previews)
    _require_refused(sandbox, previews[0], second)
    _require_refused(sandbox, previews[1], first)
    _remove(sandbox, previews[0])
    _require_no_changes(sandbox, previews[1])
    _visit(sandbox, previews[1])
    _remove(sandbox, previews[1])
    if tenant.connection_names() != connections or (left := tenant.inventory() ^ before):
        raise OperationError(f"after the previews the tenant differs: {', '.join(sorted(left)) or 'connections'}")
    detail("both previews are gone, and the tenant is as it was before them")


def _applied(sandbox: Sandbox, environment: PreviewEnvironment, application: Mapping[str, str]) -> Preview:
    preview = Preview(environment, sandbox.preview_root(environment, application))
    sandbox.rebuild(environment.audience)
    plan_file = sandbox.directory / f"{environment.name}.tfplan"
    preview.root.plan(plan_file, **sandbox.values_of_previews())
    preview.root.apply(plan_file)
    said = re.findall(r"^Apply complete! (.*)$", preview.root.log.read_text(encoding="utf-8"), re.MULTILINE)[-1]
    detail(f"{environment.name}: {said}")
    _require_no_changes(sandbox, preview)
    return preview


def _require_no_changes(sandbox: Sandbox, preview: Preview) -> None:
    sandbox.rebuild(preview.environment.audience)
    plan_file = sandbox.directory / "second.tfplan"
    if preview.root.plan(plan_file, **sandbox.values_of_previews()):
        raise OperationError(f"a plan of a finished preview changes something:\n{preview.root.show(plan_file)}")
    detail(f"{preview.environment.name}: another plan changes nothing")


def _visitor(sandbox: Sandbox, preview: Preview) -> Visitor:
    outputs = preview.root.outputs()
    return Visitor(
        sandbox.visitor_settings(
            outputs["client_id"],
            outputs["site_url"],
            preview.environment.audience,
            site_host=f"{PROJECT}-{preview.environment.name}.localhost",
        )
    )


def _visit(sandbox: Sandbox, preview: Preview) -> str:
    """Sign in by each connection and call each API; return a token of the preview."""
    project = load_project(tools.ROOT)
    token = ""
    for connection, granted in project.access["connections"].items():
        visitor = _visitor(sandbox, preview)
        token = visitor.sign_in(connection, list(project.access["scopes"]))
        for path, expected in expectations(project.access_model, granted["scopes"]).items():
            status = visitor.call(path, token)
            if status != expected:
                raise OperationError(
                    f"{preview.environment.name}: {path} answers {connection} {status}, not {expected}"
                )
    detail(f"{preview.environment.name}: visitors of every connection sign in, and each list answers as declared")
    return token


def _require_refused(sandbox: Sandbox, preview: Preview, token: str) -> None:
    """Raise OperationError if the preview takes a token that is for the other one's API."""
    access_model = load_project(tools.ROOT).access_model
    for path in expectations(access_model, ()):
        status = _visitor(sandbox, preview).call(path, token)
        if status != httpx.codes.UNAUTHORIZED:
            raise OperationError(f"{preview.environment.name}: {path} answers a token of the other preview {status}")
    detail(f"{preview.environment.name}: a token of the other preview is refused")


def _remove(sandbox: Sandbox, preview: Preview) -> None:
    plan_file = sandbox.directory / "destroy.tfplan"
    kept = safe_destroy.destroy(
        preview.root, plan_file, safe_destroy.DELETE, lambda _: None, **sandbox.values_of_previews()
    )
    if kept:
        raise OperationError(f"{preview.environment.name} leaves {', '.join(one.address for one in kept)}")
    detail(f"{preview.environment.name}: removed whole")
