"""That waiting ends when it is so, and fails when it never is."""

import pytest

from tests.waiting import until


def test_it_ends_once_it_is_so() -> None:
    answers = iter([False, False, True, False])
    until(lambda: next(answers))
    assert list(answers) == [False]


def test_what_never_becomes_so_fails_with_its_words() -> None:
    with pytest.raises(AssertionError, match="the words"):
        until(lambda: False, lambda: "the words", timeout_s=0.02)
    with pytest.raises(AssertionError, match="not so after"):
        until(lambda: False, timeout_s=0.02)
