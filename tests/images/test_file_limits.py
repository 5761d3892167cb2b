from pytest_django import Settings

from images.file_limits import limits_of_files, limits_of_stored_file
from images.models import Image


def test_the_limits_of_files_are_those_of_the_settings(settings: Settings) -> None:
    settings.IMAGE_DECODE_MEMORY_MB = 3
    settings.IMAGE_MAX_SIDE = 50
    settings.IMAGE_REFUSE_INCOMPLETE = True
    limits = limits_of_files()
    assert (limits.max_memory, limits.max_side, limits.refuse_incomplete) == (3_000_000, 50, True)


def test_what_was_shown_with_pixels_missing_stays_shown(settings: Settings) -> None:
    settings.IMAGE_REFUSE_INCOMPLETE = True
    refuses = {
        complete: limits_of_stored_file(Image(complete=complete)).refuse_incomplete
        for complete in (True, False, None)
    }
    assert refuses == {True: True, False: False, None: True}
    settings.IMAGE_REFUSE_INCOMPLETE = False
    assert not limits_of_stored_file(Image(complete=None)).refuse_incomplete
