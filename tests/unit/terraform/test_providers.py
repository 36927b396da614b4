"""Every root and module uses the same versions of a provider, and nothing that the next version has removed."""

import re
from pathlib import Path

from scripts.tools import ROOT

FILES = sorted(ROOT.glob("terraform/**/*.tf"))
CONSTRAINTS = {"hashicorp/aws": ">= 5.100.0, < 7.0.0", "auth0/auth0": ">= 1.52.0, < 2.0.0"}


def constraints(path: Path) -> dict[str, str]:
    return dict(re.findall(r'source\s+= "([a-z0-9/]+)"\s+version\s+= "([^"]+)"', path.read_text(encoding="utf-8")))


def test_each_root_and_module_takes_the_same_versions() -> None:
    found = {path.parent.name: constraints(path) for path in FILES if path.name == "terraform.tf"}
    assert len(found) > 10
    for name, versions in found.items():
        assert versions == {source: CONSTRAINTS[source] for source in versions}, name
    assert set().union(*(versions.items() for versions in found.values())) == set(CONSTRAINTS.items())


def test_no_configuration_reads_what_version_6_of_the_aws_provider_renames() -> None:
    # Its upgrade guide: aws_region.name and aws_s3_bucket.region; a key value store's id is no longer its name.
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert 'data "aws_region"' not in text, path
        assert not re.search(r"\baws_s3_bucket\.\w+(\[[^]]*\])?\.region\b", text), path
        assert not re.search(r"\baws_cloudfront_key_value_store\.\w+\.id\b", text), path
        assert not re.search(r"^\s*etag\s*=", "".join(_blocks(text, "aws_cloudfront_response_headers_policy")), re.M), (
            path
        )
        assert "bot_control" not in text, path


def test_the_record_on_version_6_counts_the_resources_that_it_compared() -> None:
    texts = [path.read_text(encoding="utf-8") for path in FILES]
    kinds = {kind for text in texts for kind in re.findall(r'^(?:resource|data) "(aws_\w+)"', text, re.M)}
    record = (ROOT / "docs" / "decisions" / "0036-version-5-or-6-of-the-aws-provider.md").read_text(encoding="utf-8")
    assert f"the {len(kinds)} resources and data sources" in record, "compare the new ones with the upgrade guide"


def _blocks(text: str, kind: str) -> list[str]:
    return re.findall(rf'^resource "{kind}".*?^}}', text, re.M | re.S)
