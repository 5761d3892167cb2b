"""One table of why jobs fail: complete, worded in each language, and read by staff."""

import json
import re
from pathlib import Path
from typing import Any, ClassVar, Protocol

import pytest

from images.errors import UPLOAD_REFUSALS
from images.job_errors import JOB_ERRORS
from images.models import Job
from images.renditions.errors import InvalidSpecError, UnreadableImageError

PAGES = Path(__file__).resolve().parents[2] / "frontend" / "src"
LANGUAGES = sorted(
    path.stem
    for path in (PAGES / "i18n").glob("*.json")
    if "problems" in json.loads(path.read_text())
)


class Coded(Protocol):
    code: ClassVar[str]


def codes_of(base: type[Coded]) -> set[str]:
    """The codes of an error of the core and of all that derive from it."""
    return {base.code}.union(*(codes_of(each) for each in base.__subclasses__()))


def test_a_job_can_say_everything_that_the_core_refuses() -> None:
    assert codes_of(UnreadableImageError) | codes_of(InvalidSpecError) <= JOB_ERRORS.keys()


def test_what_a_row_says_fits_into_it() -> None:
    code: Any = Job._meta.get_field("error_code")
    detail: Any = Job._meta.get_field("error_detail")
    for error in JOB_ERRORS.values():
        assert re.fullmatch(r"[a-z_]+", error.code)
        assert len(error.code) <= code.max_length
        assert 0 < len(error.detail) <= detail.max_length
        assert error.kinds


def test_the_pages_have_two_languages() -> None:
    assert LANGUAGES == ["ar", "en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_have_words_for_every_code(language: str) -> None:
    words = json.loads((PAGES / "i18n" / f"{language}.json").read_text())["problems"]
    assert {code for code in JOB_ERRORS if not words.get(code)} == set()


def test_the_pages_offer_another_try_where_it_helps() -> None:
    final = set(json.loads((PAGES / "features" / "uploads" / "finalCodes.json").read_text()))
    assert final >= UPLOAD_REFUSALS.keys()
    assert final & JOB_ERRORS.keys() == {
        code for code, error in JOB_ERRORS.items() if not error.retry_helps
    }
