import pytest

from table_api.errors import InvalidRequestError
from table_api.parameters import Parameter, read_query


def parameter(required: bool = False, **schema: object) -> Parameter:
    return Parameter.from_document({"name": "x", "in": "query", "required": required, "schema": schema})


@pytest.mark.parametrize(
    ("declared", "text", "value"),
    [
        (parameter(type="integer"), "-7", -7),
        (parameter(type="integer", minimum=3), "3", 3),
        (parameter(type="integer", maximum=3), "3", 3),
        (parameter(type="integer", enum=[1, 2]), "2", 2),
        (parameter(type="string"), "", ""),
        (parameter(type="string", enum=["a", "b"]), "b", "b"),
    ],
)
def test_an_allowed_value_is_read(declared: Parameter, text: str, value: object) -> None:
    assert read_query([declared], {"x": [text]}) == {"x": value}


@pytest.mark.parametrize(
    ("declared", "text", "sentence"),
    [
        (parameter(type="integer"), "x", "The parameter x must be a whole number."),
        (parameter(type="integer", minimum=3), "2", "The parameter x must be a whole number of at least 3."),
        (parameter(type="integer", maximum=3), "4", "The parameter x must be a whole number of at most 3."),
        (parameter(type="integer", enum=[1, 2]), "3", "The parameter x must be one of: 1, 2."),
        (parameter(type="string", enum=["a", "b"]), "A", "The parameter x must be one of: a, b."),
        (parameter(type="string", maxLength=2), "abc", "The parameter x must be text of at most 2 characters."),
        (parameter(type="string", minLength=2), "a", "The parameter x must be text of at least 2 characters."),
    ],
)
def test_another_value_is_refused_with_what_is_allowed(declared: Parameter, text: str, sentence: str) -> None:
    with pytest.raises(InvalidRequestError) as raised:
        read_query([declared], {"x": [text]})
    assert str(raised.value) == sentence


def test_a_required_parameter_that_is_missing_is_named() -> None:
    with pytest.raises(InvalidRequestError, match=r"^The parameter x is missing\.$"):
        read_query([parameter(required=True, type="string")], {})


def test_an_absent_parameter_without_default_is_left_out() -> None:
    assert read_query([parameter(type="string")], {}) == {}


def test_a_type_that_cannot_be_checked_is_refused_when_the_document_is_read() -> None:
    with pytest.raises(ValueError, match="the parameter x is of type boolean"):
        parameter(type="boolean")
