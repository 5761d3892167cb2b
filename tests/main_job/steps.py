"""The main job, step by step, the same for every form of the platform."""

import io
from pathlib import Path

from PIL import Image

from tests.main_job.pictures import on_white, psnr_db, reference
from tests.servers.person import Person

PRESETS = {"thumb": 200, "small": 480, "medium": 800, "large": 1600}
TOLERANCE_DB = 29.0  # the lossiest encoder here stays above 30 dB on these photographs


def photograph_is_published(person: Person, photograph: Path) -> None:
    """Upload → 202 → the job succeeds → every rendition is fetched and is the picture it says."""
    answer = person.upload(photograph)
    assert answer.status == 202, answer.body
    assert answer.headers["Location"].endswith(f"/api/v1/images/{answer.json['image']['id']}")

    job = person.job_ended(answer.json["job"]["id"])
    assert (job["state"], job["error"]) == ("succeeded", None)
    assert job["progress"]["done"] == job["progress"]["total"] == 8

    image = person.image(answer.json["image"]["id"])
    assert image["state"] == "ready"
    assert {r["preset"] for r in image["renditions"]} == set(PRESETS)
    for rendition in image["renditions"]:
        assert rendition["state"] == "ready"
        _is_the_picture(person, rendition, photograph)
    original = person.fetch(image["links"]["original"])
    assert original.body == photograph.read_bytes()
    assert original.headers["Content-Disposition"].startswith("attachment")


def _is_the_picture(person: Person, rendition: dict[str, object], photograph: Path) -> None:
    fetched = person.fetch(str(rendition["url"]))
    assert fetched.status == 200
    assert len(fetched.body) == rendition["bytes"]
    with Image.open(io.BytesIO(fetched.body)) as opened:
        opened.load()
        assert opened.size == (rendition["width"], rendition["height"])
        assert (
            opened.format
            == {"jpeg": "JPEG", "webp": "WEBP", "png": "PNG"}[str(rendition["format"])]
        )
        assert max(opened.size) <= PRESETS[str(rendition["preset"])]
        assert not opened.getexif()
        assert not {"icc_profile", "xmp", "comment", "exif"} & opened.info.keys()
        seen = on_white(opened)
    assert psnr_db(seen, reference(photograph, seen.size)) > TOLERANCE_DB
