from typing import Any

import pytest
import yaml

from table_api.document import read_operations
from tests.checkout import EXAMPLE


@pytest.fixture
def document() -> dict[str, Any]:
    text = (EXAMPLE / "functions/movies/openapi.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def test_an_operation_that_this_package_does_not_know_is_refused(document: dict[str, Any]) -> None:
    document["paths"]["/movies"]["post"] = document["paths"]["/movies"]["get"]
    with pytest.raises(ValueError, match="does not serve POST /movies"):
        read_operations("movies", document)
