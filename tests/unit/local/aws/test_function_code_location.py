from __future__ import annotations

import io
import uuid
import zipfile
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import LocalAws


def test_the_code_of_an_earlier_version_is_not_that_of_the_newest(aws: LocalAws) -> None:
    functions, name = aws.client("lambda"), f"versions-{uuid.uuid4().hex}"
    aws.create_function(name, "first = True")
    version = functions.publish_version(FunctionName=name)["Version"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("main.py", "second = True")
    functions.update_function_code(FunctionName=name, ZipFile=archive.getvalue())

    def source(**qualifier: str) -> str:
        location = functions.get_function(FunctionName=name, **qualifier)["Code"]["Location"]
        with zipfile.ZipFile(io.BytesIO(httpx.get(location).content)) as opened:
            return opened.read("main.py").decode()

    assert source(Qualifier=version) == "first = True"
    assert source() == source(Qualifier="$LATEST") == "second = True"
