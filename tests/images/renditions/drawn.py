"""Pictures that are drawn, as a screenshot is, beside a photograph of the same size."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from images.renditions import RenditionSpec, render
from tests.images.renditions.samples import LIMITS, PHOTOGRAPHS, pixels, psnr, saved

WORDS = "the quick brown fox jumps over the lazy dog 0123456789 "


def text(ink: str, ground: str, size: tuple[int, int] = (400, 240)) -> Image.Image:
    image = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=15)
    for top in range(4, size[1], 20):
        draw.text((4, top), WORDS * 2, fill=ink, font=font)
    return image


def screenshot() -> Image.Image:
    image = text("#222222", "white", (640, 400))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 640, 40), fill="#1e66f5")
    draw.rectangle((480, 60, 620, 90), fill="#d20f39")
    return image


def photograph(name: str = "mountains.jpg") -> Image.Image:
    with Image.open(PHOTOGRAPHS / name) as opened:
        return opened.convert("RGB").resize((480, 360), Image.Resampling.LANCZOS)


def made(image: Image.Image, image_format: str) -> bytes:
    file = io.BytesIO(saved(image, "PNG"))
    return render(file, RenditionSpec(format=image_format), LIMITS).content


def likeness(image: Image.Image, content: bytes) -> float:
    return psnr(pixels(content), np.asarray(image))
