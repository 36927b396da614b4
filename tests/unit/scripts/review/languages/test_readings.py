"""The automata of what a router sees, compared with routers written as plainly as possible, on many short paths."""

import itertools
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.review.languages.alphabet import Alphabet
from scripts.review.languages.automata import matching, shortest
from scripts.review.languages.readings import DECODED, WITHOUT_DOTS, WITHOUT_EMPTY, meeting, readings

ALPHABET = Alphabet(["ab"])
PATHS = ["".join(path) for length in range(7) for path in itertools.product("a/.", repeat=length)]
ESCAPES = ["%61", "%2e", "%2F", "%2", "%", "%%61", "%2%61"]
PATHS += [
    "".join(path) for length in (1, 2, 3) for path in itertools.product(["a", "/", "..", *ESCAPES], repeat=length)
]


def decode(path: str) -> str:
    return re.sub("%([0-9a-fA-F]{2})", lambda escape: chr(int(escape[1], 16)), path)


def drop_empty(path: str) -> str:
    return re.sub("/+", "/", f"/{path}")[1:]


def remove_dots(path: str) -> str:
    """RFC 3986 §5.2.4, on segments."""
    kept: list[str] = []
    parts = path.split("/")
    for place, segment in enumerate(parts):
        is_last = place == len(parts) - 1
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
        if segment in {".", ".."} and is_last:
            kept.append("")
    return "/".join(kept)


PLAIN = {DECODED: decode, WITHOUT_EMPTY: drop_empty, WITHOUT_DOTS: remove_dots}


def read(path: str, steps: tuple[str, ...]) -> str:
    for step in steps:
        path = PLAIN[step](path)
    return "".join(map(ALPHABET.symbol, path))  # one symbol covers all characters that no pattern names


patterns = st.lists(st.sampled_from(["a", "b", "/", "..", ".", "*", "%", "2"]), min_size=1, max_size=6).map("".join)


@settings(max_examples=12)
@given(patterns)
def test_a_reading_sees_exactly_what_a_plain_router_makes_of_the_allowed_paths(pattern: str) -> None:
    language = matching([pattern], ALPHABET)
    allowed = re.compile(re.escape(pattern).replace(r"\*", ".*"), re.DOTALL)
    matched = [path for path in PATHS if allowed.fullmatch(path)]
    for steps, paths in readings(language, ALPHABET):
        shortest_request: dict[str, str] = {}
        for path in sorted(matched, key=len):
            shortest_request.setdefault(read(path, steps), path)
        for seen, request in [*shortest_request.items()][:8]:
            hit = meeting(paths, matching([seen], ALPHABET))
            assert hit is not None, (steps, seen)
            assert len(hit[0]) <= len(request), "the found request is the shortest"
        for probe in ("a", "a/a", "", "a/", "b*", "*b", "*a/*"):
            hit = meeting(paths, matching([probe], ALPHABET))
            if hit is not None:
                request, seen = hit
                assert allowed.fullmatch(request), "the found request is allowed"
                assert read(request, steps) == seen, "and a router that reads it so sees this"
                assert re.fullmatch(probe.replace("*", ".*"), seen)
            else:
                assert not any(re.fullmatch(probe.replace("*", ".*"), read(path, steps)) for path in matched)


def test_a_reading_that_meets_nothing_to_change_is_left_out() -> None:
    assert [steps for steps, _ in readings(matching(["a/b"], ALPHABET), ALPHABET)] == [()]
    assert {steps for steps, _ in readings(matching(["a/../b"], ALPHABET), ALPHABET)} == {(), (WITHOUT_DOTS,)}


def test_dot_segments_may_nest_without_a_limit() -> None:
    (_, paths), *_ = [each for each in readings(matching(["a/*"], ALPHABET), ALPHABET) if each[0] == (WITHOUT_DOTS,)]
    assert meeting(paths, matching(["b/b/b"], ALPHABET)) == ("a/../b/b/b", "b/b/b")


def test_a_resource_matches_what_comes_after_the_stages_arn() -> None:
    stage = "arn:x/"
    alphabet = Alphabet([stage, "GET/a"])
    expected = {"arn:x/GET/a": True, "arn:*": True, "*/GET/a": True, "a?n:x/GET/*": True, "b*": False, "arn:x": False}
    for pattern, matches in expected.items():
        assert matching([pattern], alphabet, after=stage).accepts_input("GET/a") == matches, pattern
    assert shortest(matching(["arn:y/*"], alphabet, after=stage)) is None
    assert shortest(matching(["arn:x/GET/*"], alphabet, after=stage)) == "GET/"
