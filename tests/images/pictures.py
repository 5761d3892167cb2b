"""Photographs and small made pictures, and the form that sends them."""

import hashlib
import io
from functools import cache
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

PHOTOGRAPHS = Path(__file__).resolve().parents[1] / "photographs"
MOUNTAINS = PHOTOGRAPHS / "mountains.jpg"
DANDELION = PHOTOGRAPHS / "dandelion-alpha.png"


@cache
def jpeg(color: str = "teal", size: tuple[int, int] = (60, 40)) -> bytes:
    return _encoded(Image.new("RGB", size, color), "JPEG")


@cache
def png(color: str = "teal", size: tuple[int, int] = (60, 40)) -> bytes:
    return _encoded(Image.new("RGBA", size, color), "PNG")


@cache
def flat_png(side: int) -> bytes:
    """A large picture in few bytes."""
    return _encoded(Image.new("1", (side, side)), "PNG")


def form(content: bytes, *, name: str = "holiday.jpg", **fields: Any) -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content), **fields}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _encoded(image: Image.Image, image_format: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, image_format)
    return buffer.getvalue()
