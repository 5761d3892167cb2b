"""A serializer takes what it names and nothing else, each in its own type."""

from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers

from platform_site.kit.rest.serializers import StrictSerializer, texts_of


class Inner(StrictSerializer):
    width = serializers.IntegerField(min_value=1)


class Either(StrictSerializer):
    one_of = ("ids", "query")
    ids = serializers.ListField(child=serializers.UUIDField(), required=False)
    query = serializers.CharField(required=False)


def codes(serializer: StrictSerializer) -> dict[str, Any]:
    assert not serializer.is_valid()
    return {name: [error.code for error in errors] for name, errors in serializer.errors.items()}


def test_a_strict_serializer_takes_what_it_names() -> None:
    serializer = Inner(data={"width": 3})
    assert serializer.is_valid()
    assert serializer.validated_data == {"width": 3}


@pytest.mark.parametrize(
    ("sent", "valid"), [(3.0, True), (3.5, False), (True, False), ("3", False)]
)
def test_a_whole_number_may_be_written_with_a_point(sent: object, valid: bool) -> None:  # noqa: FBT001
    serializer = Inner(data={"width": sent})
    assert serializer.is_valid() is valid
    assert serializer.validated_data == ({"width": 3} if valid else {})


def test_a_form_has_only_text_so_a_number_may_be_written_as_one() -> None:
    serializer = Inner(data=QueryDict("width=3"))
    assert serializer.is_valid()
    assert serializer.validated_data == {"width": 3}


def test_a_misspelt_field_is_an_error_and_not_a_default() -> None:
    assert codes(Inner(data={"width": 3, "widht": 4})) == {"widht": ["unknown_field"]}


@pytest.mark.parametrize("data", [{}, {"ids": [], "query": "alps"}])
def test_of_two_fields_exactly_one_is_sent(data: dict[str, Any]) -> None:
    assert codes(Either(data=data)) == {"non_field_errors": ["one_of"]}


def test_an_item_of_another_type_is_found_by_its_place() -> None:
    serializer = Either(data={"ids": ["0190b6a0-0000-7000-8000-000000000001", 7]})
    assert not serializer.is_valid()
    (error,) = serializer.errors["ids"][1]
    assert error.code == "type"


class Texts(StrictSerializer):
    one = serializers.CharField(max_length=5)
    other = serializers.CharField(max_length=8, required=False)


WORDS = st.one_of(
    st.text(max_size=9), st.sampled_from(["", " a", "a ", "a b", "\0", "\n", "12345", "123456"])
)
DOCUMENTS = st.one_of(
    st.dictionaries(
        st.sampled_from(["one", "other", "third"]), st.one_of(WORDS, st.none(), st.integers())
    ),
    st.none(),
    st.lists(WORDS, max_size=1),
)


@given(DOCUMENTS, st.booleans())
def test_texts_are_what_the_serializer_makes_of_them(document: Any, as_form: bool) -> None:  # noqa: FBT001
    if as_form and isinstance(document, dict):
        form = QueryDict(mutable=True)
        form.update({name: str(value) for name, value in document.items()})
        document = form
    serializer = Texts(data=document)
    if serializer.is_valid():
        assert dict(texts_of(Texts, document)) == dict(serializer.validated_data)
    else:
        with pytest.raises(serializers.ValidationError) as refusal:
            texts_of(Texts, document)
        assert refusal.value.get_codes() == codes(serializer)


def test_texts_are_asked_of_a_serializer_of_texts_alone() -> None:
    with pytest.raises(TypeError, match="Inner"):
        texts_of(Inner, {"width": "3"})
