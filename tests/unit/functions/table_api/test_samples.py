import json
import re

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.checkout import EXAMPLE


@pytest.mark.parametrize(("name", "schema"), [("movies", "Movie"), ("devices", "Device"), ("orders", "Order")])
def test_every_sample_is_an_item_as_the_document_describes_it(name: str, schema: str) -> None:
    folder = EXAMPLE / "functions" / name
    document = yaml.safe_load((folder / "openapi.yaml").read_text(encoding="utf-8"))
    rows = json.loads((folder / "sample.json").read_text(encoding="utf-8"))
    validator = Draft202012Validator(document["components"]["schemas"][schema])
    assert [row["id"] for row in rows if not validator.is_valid(row)] == []
    assert len({row["id"] for row in rows}) == len(rows)
    assert [row["id"] for row in rows if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row["id"])] == []
