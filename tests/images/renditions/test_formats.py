import pytest

from images.renditions.formats import EXTENSIONS, FORMATS, OUTPUT_FORMATS, sniff_format
from tests.images.renditions.samples import picture, saved


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "heic"])
def test_every_format_is_recognised_by_its_first_bytes(name: str) -> None:
    head = saved(picture(8, 8), FORMATS[name].pillow)[:64]
    assert sniff_format(head) is FORMATS[name]


@pytest.mark.parametrize(
    ("brands", "name"),
    [
        (b"avif\0\0\0\0mif1", "avif"),
        (b"mif1\0\0\0\0avif", "avif"),  # the brand of the container alone leaves the coding open
        (b"mif1\0\0\0\0heic", "heic"),
        (b"msf1\0\0\0\0hevc", "heic"),
        (b"isom\0\0\0\0mp42", None),
    ],
)
def test_a_heif_file_is_recognised_by_any_of_its_brands(brands: bytes, name: str | None) -> None:
    head = (8 + len(brands)).to_bytes(4, "big") + b"ftyp" + brands
    found = sniff_format(head)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    "head", [b"", b"BM", b"RIFF\0\0\0\0WAVE", b"BM" + b"\0" * 60, b"<svg", b"%PDF-1.7"]
)
def test_a_common_prefix_is_not_enough(head: bytes) -> None:
    assert sniff_format(head) is None


def test_only_what_is_written_has_a_quality() -> None:
    assert set(OUTPUT_FORMATS) == {"jpeg", "png", "webp", "avif"}
    assert {f.name for f in FORMATS.values() if f.default_quality} == {"jpeg", "webp", "avif"}
    assert {extension: f.extension for extension, f in EXTENSIONS.items()} == {
        f.extension: f.extension for f in FORMATS.values()
    }
