"""The kill switch on an emulated AWS: the written list, the live version, and recovery from failures."""

import itertools
import json
import time
from typing import Any

import pytest

from authorizer.revocations import FOREVER
from scripts.deployed import LIVE, NEWEST
from scripts.errors import OperationError, UserError
from scripts.operate.revoke import switch
from scripts.operate.revoke.switch import Change
from scripts.revocation_list import SETTING, Entries
from tests.unit.scripts.conftest import AUTHORIZER, KEY, Place

UNTIL = float(round(time.time()) + 3600)


def adding(*names: str) -> Change:
    return lambda standing: {**standing, **dict.fromkeys(names, UNTIL)}


def test_a_kept_decision_is_gone_from_every_api_when_the_switch_has_returned(place: Place) -> None:
    assert {place.ask(api, word) for api in place.apis for word in ("stolen", "good")} == {200}

    switch.put_in_force(place.deployed, lambda standing: {**standing, "jti:stolen": UNTIL - 0.4})

    assert [place.ask(api, "stolen") for api in place.apis] == [401, 401]
    assert [place.ask(api, "good") for api in place.apis] == [200, 200]
    assert switch.listed(place.deployed) == {"jti:stolen": UNTIL}


def test_an_apply_that_writes_over_the_list_meanwhile_is_noticed(place: Place) -> None:
    asked: list[Entries] = []

    def change(standing: Entries) -> Entries:
        if asked:  # the second call: somebody has overwritten the list
            return adding("jti:a")({})
        asked.append(standing)
        return standing

    with pytest.raises(OperationError, match="somebody undid this meanwhile"):
        switch.put_in_force(place.deployed, change)


def test_caches_that_cannot_be_found_are_not_passed_over(place: Place) -> None:
    for api_id in place.apis.values():
        place.deployed.apis.delete_rest_api(restApiId=api_id)

    with pytest.raises(OperationError, match="so no cache was emptied"):
        switch.put_in_force(place.deployed, adding("jti:a"))

    assert switch.listed(place.deployed) == {"jti:a": UNTIL}


def test_entries_add_up_and_the_other_settings_stay(place: Place) -> None:
    switch.let_answer(place.deployed, adding("jti:a"))
    switch.let_answer(place.deployed, adding("kid:b"))

    assert switch.listed(place.deployed) == {"jti:a": UNTIL, "kid:b": UNTIL}
    assert place.variables.keys() == {"SUBJECT_HASH_KEY", "JWKS", SETTING}
    assert place.configuration(LIVE)["Timeout"] == 1
    assert place.deployed.subject_hash_key() == KEY


def test_a_rerun_publishes_nothing_new(place: Place) -> None:
    switch.let_answer(place.deployed, adding("jti:a"))
    version = place.configuration(LIVE)["Version"]

    switch.let_answer(place.deployed, adding("jti:a"))

    assert place.configuration(LIVE)["Version"] == version


def test_a_run_that_was_cut_short_after_writing_is_completed_by_the_next(place: Place) -> None:
    place.write(**{SETTING: json.dumps({"jti:a": UNTIL})})
    assert switch.listed(place.deployed) == {}
    assert place.deployed.revoked(NEWEST) == {"jti:a": UNTIL}

    switch.let_answer(place.deployed, adding("jti:a"))

    assert switch.listed(place.deployed) == {"jti:a": UNTIL}


def test_a_run_that_was_cut_short_after_publishing_is_completed_by_the_next(place: Place) -> None:
    place.write(**{SETTING: json.dumps({"jti:a": round(UNTIL)})})
    place.deployed.functions.publish_version(FunctionName=place.deployed.authorizer)

    switch.let_answer(place.deployed, adding("jti:b"))

    assert switch.listed(place.deployed) == {"jti:a": UNTIL, "jti:b": UNTIL}


def test_of_two_operators_at_once_neither_loses_an_entry(place: Place) -> None:
    asked: list[Entries] = []

    def slowly(standing: Entries) -> Entries:
        if not asked:  # another operator finishes between this one's read and write
            switch.let_answer(place.deployed, adding("jti:theirs"))
        asked.append(standing)
        return adding("jti:ours")(standing)

    switch.let_answer(place.deployed, slowly)

    assert asked == [{}, {"jti:theirs": UNTIL}]
    assert switch.listed(place.deployed) == {"jti:ours": UNTIL, "jti:theirs": UNTIL}


def test_an_older_version_never_takes_the_place_of_a_newer_one(place: Place) -> None:
    older = place.configuration(LIVE)["Version"]
    switch.let_answer(place.deployed, adding("jti:a"))

    switch._move_alias(place.deployed, older)

    assert switch.listed(place.deployed) == {"jti:a": UNTIL}


def test_what_has_ended_is_left_out_of_the_next_list(place: Place) -> None:
    place.write(**{SETTING: json.dumps({"jti:old": time.time() - 1, "jti:a": UNTIL})})

    switch.let_answer(place.deployed, adding("jti:b"))

    assert json.loads(place.variables[SETTING]) == {"jti:a": UNTIL, "jti:b": UNTIL}


def test_an_unreadable_list_is_replaced_by_what_can_be_read_and_said(
    place: Place, capfd: pytest.CaptureFixture[str]
) -> None:
    place.write(**{SETTING: '{"jti:a": '})

    switch.let_answer(place.deployed, adding("jti:b"))

    # The entry's name can be read but its end cannot, so the entry lasts as long as the list can express.
    assert switch.listed(place.deployed) == {"jti:a": FOREVER, "jti:b": UNTIL}
    assert "the unreadable entries are left out" in capfd.readouterr().out


def test_a_list_that_would_not_fit_is_refused_and_nothing_changes(place: Place) -> None:
    before = place.configuration()["RevisionId"]

    with pytest.raises(UserError, match="the list is full"):
        switch.let_answer(place.deployed, adding(*(f"jti:{number:032}" for number in range(100))))

    assert place.configuration()["RevisionId"] == before


NEWER = AUTHORIZER.replace('"Allow"', '"Deny"')


def deploy_newer(place: Place) -> None:
    """Write other code and another setting, which are not live yet, as a rollback leaves them."""
    place.write(JWKS='{"keys":["newer"]}')
    place.write_code(NEWER)


def test_while_an_earlier_version_answers_an_entry_is_added_to_it_and_the_newest_code_does_not_answer(
    place: Place,
) -> None:
    deploy_newer(place)
    newest = place.configuration()

    switch.put_in_force(place.deployed, adding("jti:stolen"))

    assert [place.ask("movies", word) for word in ("stolen", "good")] == [401, 200]
    assert place.variables["JWKS"] == '{"keys":[]}'
    assert place.configuration()["CodeSha256"] == newest["CodeSha256"]
    assert place.configuration()["Description"] == newest["Description"]
    assert place.deployed.revoked(NEWEST).keys() == {"jti:stolen"}
    versions = place.deployed.functions.list_versions_by_function(FunctionName=place.deployed.authorizer)["Versions"]
    assert versions[-1]["CodeSha256"] == newest["CodeSha256"]  # so the next plan moves the alias forward
    assert versions[-1]["Version"] != place.configuration(LIVE)["Version"]


@pytest.mark.parametrize(("step", "count"), [("publish_version", 1), ("publish_version", 2)])
def test_a_run_that_was_killed_while_it_published_an_earlier_version_is_completed_by_the_next(
    place: Place, monkeypatch: pytest.MonkeyPatch, step: str, count: int
) -> None:
    deploy_newer(place)
    newest = place.configuration()["CodeSha256"]
    call, calls = getattr(place.deployed.functions, step), itertools.count()

    def killed(**arguments: Any) -> Any:
        if next(calls) == count:
            raise KeyboardInterrupt
        return call(**arguments)

    with monkeypatch.context() as patched:
        patched.setattr(place.deployed.functions, step, killed)
        with pytest.raises(KeyboardInterrupt):
            switch.let_answer(place.deployed, adding("jti:stolen"))

    switch.let_answer(place.deployed, adding("jti:stolen"))

    assert switch.listed(place.deployed) == {"jti:stolen": UNTIL}
    assert place.variables["JWKS"] == '{"keys":[]}'
    assert place.configuration()["CodeSha256"] == newest
    versions = place.deployed.functions.list_versions_by_function(FunctionName=place.deployed.authorizer)["Versions"]
    assert versions[-1]["CodeSha256"] == newest


def test_a_key_that_the_tenant_signs_with_is_known_by_its_name(place: Place) -> None:
    place.write(JWKS=json.dumps({"keys": [{"kid": "key-1"}, {"kid": "key-2"}]}))
    functions, name = place.deployed.functions, place.deployed.authorizer
    version = functions.publish_version(FunctionName=name)["Version"]
    functions.update_alias(FunctionName=name, Name=LIVE, FunctionVersion=version)
    assert switch.known_keys(place.deployed) == {"key-1", "key-2"}
