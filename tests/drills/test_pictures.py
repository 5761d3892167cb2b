"""Pictures of which each is known and no two are alike."""

import hashlib
import io

from drills.pictures import picture
from images.renditions import Limits, RenditionSpec, probe, render


def test_a_picture_is_the_same_each_time_and_a_jpeg() -> None:
    first = picture("one")
    picture.cache_clear()
    assert picture("one") == first
    assert first.sha256 == hashlib.sha256(first.content).hexdigest()
    facts = probe(io.BytesIO(first.content), Limits())
    assert (facts.format, facts.width, facts.height) == ("jpeg", 640, 480)


def test_no_two_have_the_same_bytes_nor_the_same_renditions() -> None:
    made = [picture(str(number)).content for number in range(20)]
    small = [render(io.BytesIO(each), RenditionSpec(200, 200), Limits()).content for each in made]
    assert len(set(made)) == len(set(small)) == 20
