"""CMYK without a profile: by the figures of a press, and not by plain subtraction."""

import io
from itertools import product

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageCms

from images.renditions import RenditionSpec, render
from images.renditions.color import to_srgb
from images.renditions.press import press_profile
from tests.images.renditions.samples import LIMITS, picture, pixels, profile, psnr, saved

PNG = RenditionSpec(format="png")
PAPER = (95.0, 0.0, -2.0)
PUBLISHED = {
    (100, 0, 0, 0): (55, -37, -50),
    (0, 100, 0, 0): (48, 74, -3),
    (0, 0, 100, 0): (89, -5, 93),
    (0, 0, 0, 100): (16, 0, 0),
    (0, 100, 100, 0): (47, 68, 48),
    (100, 0, 100, 0): (50, -65, 27),
    (100, 100, 0, 0): (24, 22, -46),
    (100, 100, 100, 0): (23, 0, 0),
    (20, 0, 0, 0): (87.68, -5.78, -11.80),
    (40, 0, 0, 0): (79.72, -12.53, -21.75),
    (0, 40, 0, 0): (76.42, 25.78, -6.91),
    (0, 70, 0, 0): (60.84, 50.59, -6.74),
    (40, 40, 0, 0): (63.69, 10.33, -23.76),
    (20, 100, 0, 0): (43.06, 65.24, -11.94),
}
"""L*a*b*: ISO 12647-2:2004/Amd 1 (solids), FOGRA39L (tints); on paper, as the eye sees it."""
SOLIDS = 8
PROOF_MEAN, PROOF_SOLID, PROOF_MOST = 2.5, 3.0, 5.0
"""CIEDE2000 by which a contract proof may be off (ISO 12647-7:2016)."""


def inks(*patches: tuple[int, ...]) -> Image.Image:
    """A row of patches, each in per cent of the four inks."""
    raw = np.asarray(patches, np.float64) * 2.55
    return Image.frombytes("CMYK", (len(patches), 1), raw.round().astype(np.uint8).tobytes())


def lab_of(image: Image.Image, source: bytes) -> np.ndarray:
    """L*a*b* relative to the medium."""
    transform = ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(source)),
        ImageCms.createProfile("LAB"),
        image.mode,
        "LAB",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
    )
    made = ImageCms.applyTransform(image, transform)
    assert made is not None
    raw = np.frombuffer(made.tobytes(), np.uint8).reshape(-1, 3)
    signed = raw[:, 1:].view(np.int8).astype(np.float64)
    return np.column_stack([raw[:, 0] / 2.55, signed])


def difference(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """CIEDE2000 of two lists of L*a*b*."""
    first, second = (
        pyvips.Image.new_from_array(np.asarray(lab, np.float32)[None]).copy(interpretation="lab")
        for lab in (one, other)
    )
    return np.asarray(first.dE00(second).numpy(), np.float64).ravel()


def on_paper(lab: np.ndarray) -> np.ndarray:
    """What is relative to the paper, as it is measured: paper has a colour of its own."""
    return _lab(_xyz(lab) * _xyz(np.asarray([PAPER])))


def _xyz(lab: np.ndarray) -> np.ndarray:
    """X, Y and Z of their white (CIE 15)."""
    middle = (lab[:, 0] + 16) / 116
    roots = np.column_stack([middle + lab[:, 1] / 500, middle, middle - lab[:, 2] / 200])
    return np.where(roots > 6 / 29, roots**3, 3 * (6 / 29) ** 2 * (roots - 4 / 29))


def _lab(xyz: np.ndarray) -> np.ndarray:
    line = xyz / (3 * (6 / 29) ** 2) + 4 / 29
    roots = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), line)
    x, y, z = roots.T
    return np.column_stack([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_solids_overprints_and_tints_are_those_that_are_published() -> None:
    made = on_paper(lab_of(inks(*PUBLISHED), press_profile()))
    error = difference(made, np.asarray(list(PUBLISHED.values())))
    assert error.mean() < PROOF_MEAN
    assert error[:SOLIDS].max() < PROOF_SOLID
    assert error.max() < PROOF_MOST


def test_every_ink_darkens_and_no_step_is_missing() -> None:
    for ink in range(4):
        ramp = [tuple(dot if place == ink else 0 for place in range(4)) for dot in range(101)]
        made = lab_of(inks(*ramp), press_profile())
        assert (np.diff(made[:, 0]) <= 0).all()
        assert difference(made[:-1], made[1:]).max() < PROOF_SOLID


def test_white_stays_white_and_black_is_black() -> None:
    made = to_srgb(inks((0, 0, 0, 0), (0, 0, 0, 100), (100, 100, 100, 100)), None)
    paper, black, full = np.asarray(made, int)[0]
    assert paper.tolist() == [255, 255, 255]
    assert black.max() < 40
    assert black.max() - black.min() < 6
    assert full.max() < 4


def test_greys_of_three_inks_are_grey() -> None:
    """Fogra's own grey balance: a little more cyan than magenta and yellow."""
    made = lab_of(
        to_srgb(inks((25, 19, 19, 0), (50, 40, 40, 0), (75, 66, 66, 0)), None), profile("srgb")
    )
    assert np.abs(made[:, 1:]).max() < 5


def test_it_is_far_nearer_to_another_press_than_plain_subtraction_is() -> None:
    """libvips has the profile of a press too, of other inks and paper: 4.9 against 10.4."""
    masks = [
        mask
        for mask in product((0, 1), repeat=4)
        if 0 < sum(mask) < 4 and mask[3] in {0, sum(mask)}
    ]
    ramps = inks(
        *(tuple(step * one for one in mask) for mask in masks for step in range(0, 101, 5))
    )
    other = ImageCms.profileToProfile(
        ramps,
        ImageCms.ImageCmsProfile(io.BytesIO(profile("cmyk"))),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert other is not None
    seen = [
        lab_of(one, profile("srgb")) for one in (other, to_srgb(ramps, None), ramps.convert("RGB"))
    ]
    ours, plain = difference(seen[0], seen[1]), difference(seen[0], seen[2])
    assert ours.mean() < 6
    assert ours.mean() < plain.mean() / 2


def ycck(cmyk: Image.Image) -> bytes:
    """A JPEG as Photoshop writes it: inks as YCbCr beside black, said by Adobe's marker."""
    cyan, magenta, yellow, black = cmyk.split()
    luma = Image.merge("RGB", (cyan, magenta, yellow)).convert("YCbCr")
    inverted = [band.point(lambda value: 255 - value) for band in luma.split()]
    content = saved(Image.merge("CMYK", (*inverted, black)), "JPEG", quality=97, subsampling=0)
    at = content.index(b"Adobe") + len(b"Adobe") + 6
    return content[:at] + b"\x02" + content[at + 1 :]


def test_every_container_of_the_same_inks_gives_the_same_picture() -> None:
    cmyk = picture(mode="CMYK")
    plain = saved(cmyk, "TIFF")
    expected = np.asarray(to_srgb(cmyk, None), np.float64)
    for content in (
        plain,
        saved(cmyk, "TIFF", compression="tiff_lzw"),
        saved(cmyk, "JPEG", quality=97),
        ycck(cmyk),
        saved(cmyk, "TIFF", icc_profile=b"no profile at all"),
        saved(cmyk, "TIFF", icc_profile=profile("srgb")),
    ):
        made = render(io.BytesIO(content), PNG, LIMITS)
        assert psnr(pixels(made.content), expected) > 33


def test_a_profile_that_is_there_counts() -> None:
    cmyk = picture(mode="CMYK")
    made = pixels(
        render(io.BytesIO(saved(cmyk, "TIFF", icc_profile=profile("cmyk"))), PNG, LIMITS).content
    )
    assert psnr(made, np.asarray(to_srgb(cmyk, profile("cmyk")), np.float64)) > 45
    assert psnr(made, np.asarray(to_srgb(cmyk, None), np.float64)) < 33


@pytest.mark.parametrize("tag", [b"A2B0", b"A2B1", b"wtpt", b"desc", b"cprt"])
def test_the_profile_is_whole(tag: bytes) -> None:
    content = press_profile()
    assert int.from_bytes(content[:4], "big") == len(content)
    assert content[36:40] == b"acsp"
    at = content.index(tag, 128)
    offset, length = (int.from_bytes(content[at + 4 * n :][:4], "big") for n in (1, 2))
    assert offset % 4 == 0
    assert offset + length <= len(content)
