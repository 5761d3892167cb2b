import io

import numpy as np
import pytest
from PIL import Image

from images.renditions import (
    placeholder,
)
from tests.images.renditions.samples import (
    LIMITS,
    photograph,
    saved,
)


@pytest.mark.parametrize("name", ["dogs-progressive.jpg", "dandelion-alpha.png"])
def test_a_placeholder_is_a_small_picture_in_a_uri(name: str) -> None:
    uri = placeholder(photograph(name), LIMITS)
    assert uri.startswith("data:image/webp;base64,")
    assert len(uri) <= 600


def test_a_placeholder_of_noise_still_fits() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 4), np.uint8)
    assert len(placeholder(io.BytesIO(saved(Image.fromarray(noise), "PNG")), LIMITS)) <= 600
