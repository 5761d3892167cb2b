import pytest

from images.renditions.containers import tiff_features as tiff

RGB = {
    tiff.BITS: (8, 8, 8),
    tiff.COMPRESSION: (1,),
    tiff.PHOTOMETRIC: (2,),
    tiff.SAMPLES: (3,),
}


def test_plain_colours_are_read_in_either_order() -> None:
    assert tiff.unsupported("little", RGB) is None
    assert tiff.unsupported("big", RGB) is None


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        ({tiff.COMPRESSION: (34712,)}, "JPEG 2000 in TIFF"),
        ({tiff.COMPRESSION: (4242,)}, "compression 4242 in TIFF"),
        ({tiff.PHOTOMETRIC: (32803,)}, "raw sensor pixels (CFA) in TIFF"),
        ({tiff.PHOTOMETRIC: (6,)}, "subsampled YCbCr without compression in TIFF"),
        ({tiff.FORMAT: (3, 3, 3), tiff.BITS: (32, 32, 32)},
         "floating-point RGB samples in TIFF"),
        ({tiff.BITS: (5, 5, 5)}, "RGB samples of 5 bits in TIFF"),
        ({tiff.SAMPLES: (2,), tiff.BITS: (8, 8)}, "RGB in 2 samples in TIFF"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_named(tags: dict[int, tuple[int, ...]], name: str) -> None:
    assert tiff.unsupported("little", RGB | tags) == name
