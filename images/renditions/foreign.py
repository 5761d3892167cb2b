"""Names files that are not taken by their first bytes, for the sentence that refuses them."""

from typing import Final

_PREFIXES: Final = (
    (b"%PDF-", "a PDF document"),
    (b"%!PS", "PostScript"),
    (b"\xc5\xd0\xd3\xc6", "PostScript"),
    (b"8BPS", "a Photoshop document (PSD)"),
    (b"\0\0\1\0", "an icon (ICO)"),
    (b"\0\0\2\0", "a cursor (CUR)"),
    (b"icns", "an icon (ICNS)"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"FUJIFILMCCD-RAW", "a camera's raw file (RAF)"),
    (b"IIRO", "a camera's raw file (ORF)"),
    (b"IIRS", "a camera's raw file (ORF)"),
    (b"MMOR", "a camera's raw file (ORF)"),
    (b"IIU\0", "a camera's raw file (RW2)"),
    (b"FOVb", "a camera's raw file (X3F)"),
    (b"\x76\x2f\x31\x01", "OpenEXR"),
    (b"#?RADIANCE", "Radiance HDR"),
    (b"qoif", "QOI"),
    (b"gimp xcf", "a GIMP picture (XCF)"),
    (b"DDS ", "a DirectDraw surface (DDS)"),
    (b"\x1a\x45\xdf\xa3", "a Matroska or WebM video"),
    (b"OggS", "Ogg audio or video"),
    (b"ID3", "MP3 audio"),
    (b"fLaC", "FLAC audio"),
    (b"PK\3\4", "a ZIP archive, or an office document"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)

_BRANDS: Final = {
    b"qt  ": "a QuickTime video (MOV)",
    b"crx ": "a camera's raw file (CR3)",
    b"jxl ": "JPEG XL",
    b"M4A ": "MP4 audio",
    b"3gp4": "a 3GP video",
    b"3gp5": "a 3GP video",
}
_RIFF: Final = {b"AVI ": "an AVI video", b"WAVE": "WAV audio"}
_MARKUP: Final = (
    (b"<svg", "an SVG drawing"),
    (b"<!doctype html", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<?xml", "XML"),
)
_ANYMAP: Final = frozenset({b"1", b"2", b"3", b"4", b"5", b"6", b"7"})


def name_of(head: bytes) -> str:
    """What a file with these first bytes is, to be read after "The file is".

    >>> name_of(b"%PDF-1.7")
    'a PDF document'
    >>> name_of(b"")
    'empty'
    """
    if not head:
        return "empty"
    named = next((name for prefix, name in _PREFIXES if head.startswith(prefix)), None)
    return named or _name_of_container(head) or _name_of_text(head)


def _name_of_container(head: bytes) -> str | None:
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "an MP4 video")
    if head[4:8] in {b"moov", b"wide", b"mdat"}:
        return _BRANDS[b"qt  "]
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    is_anymap = head[:1] == b"P" and head[1:2] in _ANYMAP and head[2:3].isspace()
    return "a portable anymap (PNM)" if is_anymap else None


def _name_of_text(head: bytes) -> str:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for start, name in _MARKUP:
        if text.startswith(start):
            return "an SVG drawing" if b"<svg" in text else name
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as exc:
        if exc.start < len(text) - 3:  # or a character is cut at the end of what was read
            return "of an unknown kind"
    return "of an unknown kind" if b"\0" in text else "text"
