"""Orientation that stands outside of EXIF: in XMP, and in the raw profiles of PNG."""

import io
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from images.renditions import RenditionSpec, probe, render
from images.renditions.orientation import orientation_in_xmp
from tests.images.renditions.samples import (
    LIMITS,
    gps_exif,
    picture,
    png_chunk,
    png_of,
    psnr,
    saved,
    turned_for,
)

TIFF_NS = "http://ns.adobe.com/tiff/1.0/"
PLAIN = RenditionSpec(60, 60, format="png")


def packet(inside: str, *, prefix: str = "tiff") -> bytes:
    """An XMP packet, as programs write it, with ``inside`` in its description."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:{prefix}="{TIFF_NS}" {inside}'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def attribute(value: object) -> bytes:
    return packet(f'tiff:Orientation="{value}"/>')


def element(value: object) -> bytes:
    return packet(f"><tiff:Orientation>{value}</tiff:Orientation></rdf:Description>")


def raw_profile(kind: str, content: bytes) -> str:
    """``content`` as ImageMagick puts it into a text chunk: lines of 72 digits."""
    digits = content.hex()
    lines = [digits[at : at + 72] for at in range(0, len(digits), 72)]
    return f"\n{kind}\n{len(content):8}\n" + "\n".join(lines) + "\n"


def with_text(image: Image.Image, keyword: str, text: str, *, compressed: bool) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text(keyword, text, zip=compressed)
    return saved(image, "PNG", pnginfo=info)


def stored_as(orientation: int) -> Image.Image:
    return turned_for(picture(), orientation)


def is_upright(content: bytes) -> bool:
    """Whether the picture is known and comes out the right way up."""
    facts = probe(io.BytesIO(content), LIMITS)
    made = Image.open(io.BytesIO(render(io.BytesIO(content), PLAIN, LIMITS).content))
    expected = np.asarray(picture().resize((60, 40), Image.Resampling.LANCZOS))
    return (
        (facts.width, facts.height) == (120, 80)
        and made.size == (60, 40)
        and psnr(np.asarray(made.convert("RGB")), expected) > 33
    )


@pytest.mark.parametrize("write", [attribute, element])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", [1, 2, 3, 6, 8])
def test_a_picture_whose_orientation_stands_in_xmp_only_comes_out_upright(
    kind: str, orientation: int, write: object
) -> None:
    assert callable(write)
    xmp = write(orientation)
    if kind == "TIFF":
        content = saved(stored_as(orientation), kind, tiffinfo={700: xmp})
    elif kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_itxt("XML:com.adobe.xmp", xmp.decode(), zip=orientation == 3)
        content = saved(stored_as(orientation), kind, pnginfo=info)
    else:
        content = saved(stored_as(orientation), kind, xmp=xmp, quality=95)
    assert is_upright(content)


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("orientation", [1, 3, 5, 6])
@pytest.mark.parametrize("kind", ["exif", "APP1", "xmp"])
def test_a_raw_profile_of_png_is_read(kind: str, orientation: int, *, compressed: bool) -> None:
    exif, xmp = gps_exif(orientation), attribute(orientation)
    block = {"exif": exif, "APP1": b"http://ns.adobe.com/xap/1.0/\0" + xmp, "xmp": xmp}[kind]
    text = raw_profile(kind, block)
    keyword = f"Raw profile type {kind}"
    assert is_upright(with_text(stored_as(orientation), keyword, text, compressed=compressed))


def test_exif_in_a_profile_called_app1_is_read_too() -> None:
    text = raw_profile("generic", gps_exif(6))
    assert is_upright(with_text(stored_as(6), "Raw profile type APP1", text, compressed=True))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_exif_counts_for_more_than_xmp(kind: str) -> None:
    content = saved(stored_as(6), kind, exif=gps_exif(6), xmp=attribute(3), quality=95)
    assert is_upright(content)
    content = saved(stored_as(1), kind, exif=gps_exif(1), xmp=attribute(3), quality=95)
    assert is_upright(content)


@pytest.mark.parametrize("wrong", [0, 9, 65_535])
def test_exif_that_makes_no_sense_leaves_it_to_xmp(wrong: int) -> None:
    content = saved(stored_as(6), "JPEG", exif=gps_exif(wrong), xmp=attribute(6), quality=95)
    assert is_upright(content)


def test_the_tag_of_a_tiff_counts_for_more_than_its_xmp() -> None:
    assert is_upright(saved(stored_as(6), "TIFF", tiffinfo={274: 6, 700: attribute(3)}))
    assert is_upright(saved(stored_as(1), "TIFF", tiffinfo={274: 1, 700: attribute(3)}))


def test_a_chunk_of_exif_counts_for_more_than_a_text() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Raw profile type exif", raw_profile("exif", gps_exif(3)))
    content = saved(stored_as(6), "PNG", pnginfo=info, exif=gps_exif(6))
    assert is_upright(content)


def test_avif_is_turned_by_its_own_properties_only() -> None:
    content = saved(picture(), "AVIF", xmp=attribute(6), quality=95)
    assert is_upright(content)


def test_a_text_after_the_pixels_counts_too() -> None:
    body = b"XML:com.adobe.xmp\0\0\0\0\0" + attribute(6)
    end = png_chunk(b"IEND")
    content = png_of(width=6).removesuffix(end) + png_chunk(b"iTXt", body) + end
    facts = probe(io.BytesIO(content), LIMITS)
    assert (facts.orientation, facts.width, facts.height) == (6, 4, 6)


@pytest.mark.parametrize(
    ("xmp", "expected"),
    [
        (attribute(8), 8),
        (attribute("8").replace(b'"', b"'"), 8),
        (packet('tiff:Orientation = "7" />'), 7),
        (packet('t:Orientation="5"/>', prefix="t"), 5),
        (packet(">\n <tiff:Orientation>\n 4 </tiff:Orientation></rdf:Description>"), 4),
        (attribute(6).decode().encode("utf-16"), 6),
        (attribute(6).decode().encode("utf-16-be"), 6),
        (attribute(6).decode().encode("utf-32"), 6),
        (attribute(0), None),
        (attribute(9), None),
        (attribute(123), None),
        (attribute(""), None),
        (packet('exif:Orientation="6"/>'), None),
        (b'tiff:Orientation="6"', None),
        (attribute(6).replace(TIFF_NS.encode(), b"urn:other"), None),
        (b"", None),
        (b"\0" * 200, None),
        (b" " * (1 << 20) + attribute(6), None),
    ],
)
def test_the_value_is_found_whatever_its_form(xmp: bytes, expected: int | None) -> None:
    assert orientation_in_xmp(xmp) == expected


def test_entities_of_a_packet_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "6"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    assert orientation_in_xmp(bomb + attribute("&b;")) is None
    assert orientation_in_xmp(bomb + attribute("&a;")) is None


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\nexif\n",
        b"\nexif\n      32\nnot hexadecimal",
        b"\nexif\n      32\n45786",
        b"\nexif\n 9999999\n" + b"45" * 100,
        b"\nexif\n" + b"9" * 400 + b"\n45",
        b"\n" * 100_000,
    ],
)
def test_a_bad_profile_is_passed_over(text: bytes) -> None:
    for chunk in (
        png_chunk(b"tEXt", b"Raw profile type exif\0" + text),
        png_chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(text)),
        png_chunk(b"zTXt", b"Raw profile type exif\0\0" + text),
        png_chunk(b"iTXt", b"XML:com.adobe.xmp\0" + text),
    ):
        assert probe(io.BytesIO(png_of(chunk)), LIMITS).orientation == 1
