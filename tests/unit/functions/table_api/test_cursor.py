import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from table_api.cursor import decode, encode
from table_api.errors import InvalidRequestError


@given(st.text(min_size=1, max_size=64))
def test_a_cursor_gives_back_the_id_that_it_was_made_of(item_id: str) -> None:
    assert decode("movies", encode("movies", item_id)) == item_id


@given(st.text(max_size=64))
def test_garbage_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequestError):
        decode("movies", text)


@given(st.data())
def test_a_cursor_with_one_other_character_is_refused(data: st.DataObject) -> None:
    cursor = encode("movies", "alien")  # 13 bytes, so its last character has unused bits
    place = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(st.characters(exclude_characters=cursor[place]))
    with pytest.raises(InvalidRequestError):
        decode("movies", cursor[:place] + other + cursor[place + 1 :])


@pytest.mark.parametrize(
    "change", [lambda c: c + "=", lambda c: c + "\n", lambda c: f" {c}", lambda c: c[:-1], lambda c: c * 2]
)
def test_another_spelling_is_refused(change: object) -> None:
    assert callable(change)
    with pytest.raises(InvalidRequestError):
        decode("movies", change(encode("movies", "alien")))


def test_a_cursor_of_another_api_is_refused() -> None:
    with pytest.raises(InvalidRequestError):
        decode("movies", encode("devices", "hall-remote"))


def test_a_cursor_is_text_for_a_url() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]+", encode("movies", "~" * 40))
