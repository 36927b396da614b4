"""The list of reasons is closed: each refusal has one code, and each code has a sentence."""

import re

from authorizer import errors


def test_every_refusal_has_a_code_of_its_own_and_a_sentence() -> None:
    refusals: list[type[errors.RefusalError]] = [
        *errors.TokenError.__subclasses__(),
        errors.EventError,
        errors.MethodArnError,
        errors.DefectError,
    ]
    codes = [refusal.reason for refusal in refusals]
    assert len(set(codes)) == len(codes)
    assert set(codes) < set(errors.reasons())
    for code, sentence in errors.reasons().items():
        assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", code)
        assert re.fullmatch(r"[A-Z][^{}%]+\.", sentence), code


def test_the_list_holds_every_class_that_can_be_raised() -> None:
    def below(parent: type[errors.RefusalError]) -> list[type[errors.RefusalError]]:
        return [found for child in parent.__subclasses__() for found in [child, *below(child)]]

    raised = set(below(errors.RefusalError)) - {errors.TokenError}
    assert {refusal.reason for refusal in raised} <= set(errors.reasons())


def test_the_text_of_an_error_is_its_code_and_never_the_value() -> None:
    error = errors.ClaimShapeError("someone@example.com")
    assert (str(error), error.value) == ("malformed_claim", "someone@example.com")
    assert "example.com" not in repr(error)
