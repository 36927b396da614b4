import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizer import revocations
from scripts import revocation_list, tenant_api
from scripts.build.data_files import load_access
from scripts.errors import UserError
from scripts.tools import ROOT

NOW = 1_800_000_000.5
HASH = "5f0c1a2b3c4d5e6f708192a3b4c5d6e7"


def test_what_is_written_is_what_the_authorizer_reads() -> None:
    wanted = {f"sub:{HASH}": NOW + 60, "kid:key-1": NOW + 120}
    read = revocations.parse(revocation_list.write(wanted))
    assert read.problem is None
    assert dict(read.until) == {name: round(until) for name, until in wanted.items()}


@given(st.dictionaries(st.text().map("client:x{}x".format), st.floats(NOW + 1, NOW + 1e9)))
def test_any_list_comes_back_as_it_was_written(wanted: dict[str, float]) -> None:
    read, problem = revocation_list.read(revocation_list.write(wanted), NOW)
    assert problem is None
    assert read == {name: round(until) for name, until in wanted.items()}


def test_reading_leaves_out_what_has_ended_and_names_that_cannot_be_read() -> None:
    text = json.dumps({"jti:a": NOW - 1, "jti:b": NOW + 1, "jti:c": "tomorrow", "user:d": NOW + 1})
    kept = {"jti:b": NOW + 1, "jti:c": revocations.FOREVER}
    assert revocation_list.read(text, NOW) == (kept, "REVOCATIONS has 2 unreadable of 4 entries")
    assert revocations.parse(revocation_list.write(kept)).problem is None


def test_an_entry_lasts_as_long_as_its_kind_needs_to_the_full_minute() -> None:
    assert revocation_list.end("sub", None, NOW) == pytest.approx(NOW + 24 * 3600, abs=60)
    assert revocation_list.end("kid", None, NOW) == pytest.approx(NOW + 30 * 24 * 3600, abs=60)
    assert revocation_list.end("sub", "0.5", NOW) == pytest.approx(NOW + 1800, abs=60)
    assert revocation_list.end("sub", "0.5", NOW) >= NOW + 1800
    assert revocation_list.end("sub", None, NOW) % 60 == 0


def test_no_token_that_terraform_lets_auth0_make_outlives_an_entry() -> None:
    api = tenant_api.declared(load_access(ROOT / "auth0" / "access.yaml"), "RS256")
    lifetimes = [api["token_lifetime"], api["token_lifetime_for_web"]]
    most_leeway = 60
    assert max(lifetimes) + most_leeway <= min(revocation_list.DEFAULT_HOURS.values()) * 3600


@pytest.mark.parametrize("hours", ["0", "-1", "nan", "inf", "soon", "1e9"])
def test_text_that_is_no_duration_is_refused(hours: str) -> None:
    with pytest.raises(UserError, match=f"HOURS={hours} is not a duration"):
        revocation_list.end("sub", hours, NOW)


@pytest.mark.parametrize("value", ["", " padded", "two\nlines", "x" * 256, "\x00"])
def test_a_value_that_no_token_carries_is_refused(value: str) -> None:
    with pytest.raises(UserError, match="cannot be a value for client"):
        revocation_list.named("client", value)


def test_the_environment_may_take_4096_bytes_and_not_one_more() -> None:
    largest = {"A": "x" * (4_096 - len('{"A":""}'))}
    revocation_list.require_room(largest)
    with pytest.raises(UserError, match=r"takes 4097 of Lambda's 4096 bytes\. Block the user at Auth0"):
        revocation_list.require_room({"A": largest["A"] + "x"})


def test_the_list_is_shown_with_the_local_end_and_what_is_left_the_next_to_end_first() -> None:
    lines = revocation_list.table({"kid:key-1": NOW + 90_000, "sub:5f0c": NOW + 61}, NOW).splitlines()
    assert [line.split()[:2] for line in lines] == [["kind", "value"], ["sub", "5f0c"], ["kid", "key-1"]]
    assert lines[1].endswith(" 2 min")
    assert lines[2].endswith(" 1 d 1 h")
    assert lines[0].split()[2:] == ["ends", "left"]


def test_a_key_s_name_is_refused_where_the_tenant_signs_with_a_secret_that_has_none() -> None:
    for kind, settings in (("kid", {}), ("jti", {"SIGNING_ALGORITHM": "HS256"})):
        revocation_list.require_matching(kind, settings)
    with pytest.raises(UserError, match="would refuse nobody"):
        revocation_list.require_matching("kid", {"SIGNING_ALGORITHM": "HS256"})
