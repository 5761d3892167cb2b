"""The form of an upload: refused by its headers, or field by field."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import RequestFactory
from pytest_django import Settings
from rest_framework.exceptions import ValidationError

from images.api import upload_form
from images.api.requests import validated
from images.api.upload_form import UploadFormIn, form_check
from images.errors import FileTooLarge, LengthRequired, MultipartRequired
from platform_site.kit.rest.problems import DomainError, InvalidRequest

FORM = "multipart/form-data; boundary=b"


def checked(content_type: str = FORM, length: str = "100") -> type[DomainError] | None:
    request = RequestFactory().post("/", b"x", content_type=content_type)
    request.META["CONTENT_LENGTH"] = length
    try:
        form_check(request)
    except DomainError as exc:
        return type(exc)
    return None


@pytest.mark.parametrize(
    "content_type",
    [FORM, "Multipart/Form-Data; boundary=b", f"{FORM}; charset=UTF-8", f"{FORM}; charset=utf8"],
)
def test_a_form_in_utf_8_is_taken(content_type: str) -> None:
    assert checked(content_type) is None


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        f"multipart/form-data; boundary={'x' * 71}",
        f"{FORM}; charset=idna",
        f"{FORM}; charset=utf-16",
    ],
)
def test_anything_else_is_no_form(content_type: str) -> None:
    assert checked(content_type) is MultipartRequired


@pytest.mark.parametrize("length", ["", "0", "-1", "x", "1e3"])
def test_the_length_is_known_beforehand(length: str) -> None:
    assert checked(length=length) is LengthRequired


def test_a_form_may_be_as_long_as_the_largest_file_and_its_fields(settings: Settings) -> None:
    longest = settings.UPLOAD_MAX_BYTES + settings.UPLOAD_FORM_ALLOWANCE_BYTES
    assert checked(length=str(longest)) is None
    assert checked(length=str(longest + 1)) is FileTooLarge


def fields_of(query: str) -> dict[str, Any]:
    """The validated fields of a form beside its file."""
    sent = {**upload_form._fields(QueryDict(query)), "file": SimpleUploadedFile("a.jpg", b"")}
    given = validated(UploadFormIn(data=sent))
    return {name: value for name, value in given.items() if name != "file"}


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("", {}),
        ("title=", {"title": ""}),
        ("title= Far away ", {"title": "Far away"}),
        ("tags=alps, snow,,alps", {"tags": ["alps", "snow"]}),
        ("tags=a&tags=b,c", {"tags": ["a", "b", "c"]}),
        (f"tags={','.join(['a'] * 21)}", {"tags": ["a"]}),
        ("presets=thumb,small", {"presets": ["thumb", "small"]}),
        ("presets=", {"presets": []}),
        ('ops={"width": 9, "quality": null}', {"ops": {"width": 9, "quality": None}}),
        (f"sha256={'aB' * 32}", {"sha256": "aB" * 32}),
    ],
)
def test_fields_are_read_as_forms_have_them(query: str, fields: dict[str, Any]) -> None:
    assert fields_of(query) == fields


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("colour=red", {"colour": ["unknown_field"]}),
        (f"title={'x' * 201}", {"title": ["max_length"]}),
        (f"tags={','.join(map(str, range(21)))}", {"tags": ["max_length"]}),
        (f"tags=a,{'x' * 51}", {"tags": {1: ["max_length"]}}),
        (f"presets={'x' * 51}", {"presets": {0: ["max_length"]}}),
        ("ops=null", {"ops": ["null"]}),
        ("ops=7", {"ops": {"non_field_errors": ["invalid"]}}),
        ('ops={"wide": 1}', {"ops": {"wide": ["unknown_field"]}}),
        ('ops={"width": "9"}', {"ops": {"width": ["type"]}}),
        ("sha256=", {"sha256": ["blank"]}),
        ("sha256=zz", {"sha256": ["invalid"]}),
        (f"sha256={'a' * 65}", {"sha256": ["invalid"]}),
    ],
)
def test_a_field_that_is_not_as_published_is_refused(query: str, codes: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        fields_of(query)
    assert caught.value.get_codes() == codes


@pytest.mark.parametrize("text", ["", "{", "{'width': 9}"])
def test_operations_are_json(text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        fields_of(f"ops={text}")
    (error,) = caught.value.errors
    assert (error.pointer, error.code) == ("/ops", "malformed_json")
