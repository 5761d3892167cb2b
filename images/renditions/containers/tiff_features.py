"""What TIFF files may use and Pillow does not read, by the tags of a directory."""

from collections.abc import Mapping
from typing import Final

from PIL.TiffImagePlugin import COMPRESSION_INFO, MAX_SAMPLESPERPIXEL, OPEN_INFO

BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER = 258, 259, 262, 266
SAMPLES, PLANAR, EXTRA, FORMAT, SUBSAMPLING = 277, 284, 338, 339, 530
TAGS: Final = (
    BITS,
    COMPRESSION,
    PHOTOMETRIC,
    FILL_ORDER,
    SAMPLES,
    PLANAR,
    EXTRA,
    FORMAT,
    SUBSAMPLING,
)
"""The tags that `unsupported` looks at."""

_OLD_JPEG: Final = 6
_YCBCR: Final = 6
_SEPARATE: Final = 2

_UNREAD_CODINGS: Final = {
    32766: "NeXT compression in TIFF",
    34661: "JBIG in TIFF",
    34712: "JPEG 2000 in TIFF",
    33003: "JPEG 2000 in TIFF",
    33004: "JPEG 2000 in TIFF",
    33005: "JPEG 2000 in TIFF",
    34676: "LogLuv in TIFF",
    34677: "LogLuv in TIFF",
    34887: "LERC in TIFF",
    34892: "lossy JPEG of DNG in TIFF",
    50001: "WebP in TIFF",
    50002: "JPEG XL in TIFF",
    52546: "JPEG XL in TIFF",
}
"""Compressions that are known, and not read by the libtiff that comes with Pillow."""

_PHOTOMETRICS: Final = {
    4: "transparency masks in TIFF",
    9: "ICC Lab colours in TIFF",
    10: "ITU Lab colours in TIFF",
    32803: "raw sensor pixels (CFA) in TIFF",
    32844: "LogL in TIFF",
    32845: "LogLuv in TIFF",
    34892: "linear raw pixels in TIFF",
}
_COLOURS: Final = {0: "grey", 1: "grey", 2: "RGB", 3: "palette", 5: "CMYK", 6: "YCbCr", 8: "Lab"}
_BANDS: Final = {2: 3, 5: 4, 6: 3, 8: 3}
_FORMATS: Final = {2: "signed", 3: "floating-point", 4: "undefined", 5: "complex", 6: "complex"}


def unsupported(order: str, tags: Mapping[int, tuple[int, ...]]) -> str | None:
    """The name of what Pillow cannot read here; None when it can.

    Follows how ``PIL.TiffImagePlugin`` finds the layout of pixels in its own table.
    """
    compression = tags.get(COMPRESSION, (1,))[0]
    if compression in _UNREAD_CODINGS:
        return _UNREAD_CODINGS[compression]
    if compression not in COMPRESSION_INFO:
        return f"compression {compression} in TIFF"
    photometric = _YCBCR if compression == _OLD_JPEG else tags.get(PHOTOMETRIC, (0,))[0]
    if photometric in _PHOTOMETRICS:
        return _PHOTOMETRICS[photometric]
    if (compression, photometric) == (1, _YCBCR) and tags.get(SUBSAMPLING, (2, 2)) != (1, 1):
        return "subsampled YCbCr without compression in TIFF"
    kind = _formats(tags)
    bits, extra = _bits(tags, 3 if compression == _OLD_JPEG else 1)
    prefix = b"II" if order == "little" else b"MM"
    key = prefix, photometric, kind, tags.get(FILL_ORDER, (1,))[0], bits, extra
    if bits and key in OPEN_INFO:
        return None
    return _name(photometric, kind, bits, extra)


def _formats(tags: Mapping[int, tuple[int, ...]]) -> tuple[int, ...]:
    formats = tags.get(FORMAT, (1,))
    return formats[:1] if len(set(formats)) == 1 else formats


def _bits(
    tags: Mapping[int, tuple[int, ...]], usual_samples: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The bits of each sample, and what the extra samples mean; no bits when they make no sense."""
    bits, extra = tags.get(BITS, (1,)), tags.get(EXTRA, ())
    samples = tags.get(SAMPLES, (usual_samples,))[0]
    if tags.get(PLANAR, (1,))[0] == _SEPARATE and extra and max(extra) == 0:
        bits, samples, extra = bits[: -len(extra)], samples - len(extra), ()
    if samples > MAX_SAMPLESPERPIXEL:
        return (), extra
    if len(bits) == 1:
        bits *= samples
    bits = bits[:samples]
    return (bits if len(bits) == samples else ()), extra


def _name(
    photometric: int, kind: tuple[int, ...], bits: tuple[int, ...], extra: tuple[int, ...]
) -> str:
    colours = _COLOURS.get(photometric, f"colours of kind {photometric}")
    if kind[:1] and kind[0] in _FORMATS:
        return f"{_FORMATS[kind[0]]} {colours} samples in TIFF"
    depth = "/".join(map(str, sorted(set(bits)))) or "an unknown number of"
    others = f" and {len(extra)} extra" if extra else ""
    base = len(bits) - len(extra)
    if bits and base != _BANDS.get(photometric, 1):
        return f"{colours} in {base}{others} samples in TIFF"
    return f"{colours}{others} samples of {depth} bits in TIFF"
