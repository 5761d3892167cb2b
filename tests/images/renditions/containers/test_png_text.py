import zlib

import pytest

from images.renditions.containers.png_text import exif_and_xmp

XMP = b"<x:xmpmeta/>"


def raw(content: bytes) -> bytes:
    """A raw profile as ImageMagick writes one."""
    return b"\nexif\n%8d\n%b\n" % (len(content), content.hex().encode())


def test_an_xmp_packet_is_found_plain_and_compressed() -> None:
    head = b"XML:com.adobe.xmp\0"
    plain = head + b"\0\0en\0a translation\0" + XMP
    assert exif_and_xmp(b"iTXt", plain, compressed_at=None) == (b"", XMP)
    packed = head + b"\1\0\0\0"
    content = packed + zlib.compress(XMP)
    assert exif_and_xmp(b"iTXt", content, compressed_at=len(packed)) == (b"", XMP)


@pytest.mark.parametrize(
    ("keyword", "profile", "found"),
    [
        (b"exif", b"Exif\0\0II", (b"Exif\0\0II", b"")),
        (b"APP1", b"Exif\0\0II", (b"Exif\0\0II", b"")),
        (b"APP1", b"http://ns.adobe.com/xap/1.0/\0" + XMP, (b"", XMP)),
        (b"xmp", XMP, (b"", XMP)),
    ],
)
def test_a_raw_profile_is_exif_or_xmp(
    keyword: bytes, profile: bytes, found: tuple[bytes, bytes]
) -> None:
    content = b"Raw profile type " + keyword + b"\0" + raw(profile)
    assert exif_and_xmp(b"tEXt", content, compressed_at=None) == found


@pytest.mark.parametrize(
    "content",
    [b"", b"Comment\0exif", b"Raw profile type exif\0no profile", b"Raw profile type exif\0"],
)
def test_other_texts_hold_none(content: bytes) -> None:
    assert exif_and_xmp(b"tEXt", content, compressed_at=None) == (b"", b"")


def test_what_does_not_inflate_holds_none() -> None:
    content = b"Raw profile type exif\0\0no zlib stream"
    assert exif_and_xmp(b"zTXt", content, compressed_at=23) == (b"", b"")
