"""Pictures of which no two are alike, each known by its number, so that its hash is known too."""

import hashlib
import io
import random
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PIL import Image

SIZE: Final = (640, 480)
COARSE: Final = (16, 12)


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of one picture and their SHA-256."""

    number: str
    content: bytes
    sha256: str


@lru_cache(maxsize=64)
def picture(number: str, size: tuple[int, int] = SIZE) -> Picture:
    """The picture of this number, the same each time.

    Coarse noise drawn from the number and enlarged: small as a file, quick to make, and different
    from every other one all over, so that renditions of two never have the same bytes.
    """
    noise = random.Random(number).randbytes(COARSE[0] * COARSE[1] * 3)
    drawn = Image.frombytes("RGB", COARSE, noise).resize(size, Image.Resampling.BICUBIC)
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=85, comment=number.encode())
    content = out.getvalue()
    return Picture(number, content, hashlib.sha256(content).hexdigest())
