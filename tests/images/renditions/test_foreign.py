"""A refusal says what came and what is taken."""

import io

import pytest

from images.renditions import FORMATS, UnsupportedFormatError, probe
from images.renditions.foreign import name_of
from tests.images.renditions.samples import LIMITS

FILES = {
    b"": "empty",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>": "an SVG drawing",
    b"\xef\xbb\xbf<?xml version='1.0'?>\n<svg width='9'/>": "an SVG drawing",
    b"<!DOCTYPE html><title>x</title>": "an HTML page",
    b"%PDF-1.7\n": "a PDF document",
    b"8BPS\0\1" + b"\0" * 60: "a Photoshop document (PSD)",
    b"\0\0\1\0\1\0": "an icon (ICO)",
    b"\xff\x0a\xfa\x1f": "JPEG XL",
    b"\0\0\0\x0cJXL \r\n\x87\n": "JPEG XL",
    b"\0\0\0\x0cjP  \r\n\x87\n": "JPEG 2000",
    b"\0\0\0\x18ftypcrx \0\0\0\1crx isom": "a camera's raw file (CR3)",
    b"FUJIFILMCCD-RAW 0201": "a camera's raw file (RAF)",
    b"\0\0\0\x14ftypqt  \0\0\0\0qt  ": "a QuickTime video (MOV)",
    b"\0\0\0\x18ftypisom\0\0\0\0mp42avc1": "an MP4 video",
    b"\x1a\x45\xdf\xa3": "a Matroska or WebM video",
    b"RIFF\x24\0\0\0WAVEfmt ": "WAV audio",
    b"PK\3\4\x14\0": "a ZIP archive, or an office document",
    b"P6\n1 1\n255\nabc": "a portable anymap (PNM)",
    b"just some words": "text",
    "кот".encode() * 22: "text",
    b"\0" * 100: "of an unknown kind",
    b"\x93\x80\x12 noise": "of an unknown kind",
}


@pytest.mark.parametrize("content", FILES)
def test_a_refusal_names_what_came_and_what_is_taken(content: bytes) -> None:
    assert name_of(content[:64]) == FILES[content]
    with pytest.raises(UnsupportedFormatError) as refusal:
        probe(io.BytesIO(content), LIMITS)
    said = str(refusal.value)
    assert said.startswith(f"The file is {FILES[content]}")
    assert all(form.label in said for form in FORMATS.values())
