"""Many different photographs out of the few that the project has: crops, made when asked for."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from tests.servers.person import PHOTOGRAPHS, Person

NAMES = [
    "wine-portrait-exif.jpg",
    "dogs-progressive.jpg",
    "mountains.jpg",
    "fig-display-p3.jpg",
    "dandelion-alpha.png",
]
SHAPES = [3 / 2, 2 / 3, 4 / 3, 1.0, 16 / 9, 3 / 4]
TITLES = ["Over the clouds", "Two friends", "Cut fruit", "A glass by the window", "قمم عند الغروب"]
TAGS = ["travel,2026", "portrait", "macro,print", "سفر", "client-a,print"]


@dataclass(frozen=True)
class Picture:
    """A file to upload, with what its owner says of it; ``tags`` is comma separated."""

    file: Path
    title: str
    tags: str


def crops(count: int, *, directory: Path, width: int = 1400) -> Iterator[Picture]:
    """``count`` files in the shapes that photographs have; the same ones every time."""
    chance = random.Random(7)
    sources = [_upright(name) for name in NAMES]
    for index in range(count):
        source = sources[index % len(sources)]
        shape = SHAPES[(index * 5 + index // 3) % len(SHAPES)]
        picture = _crop(source, shape, chance).resize((width, round(width / shape)))
        if chance.random() < 0.5:
            picture = ImageOps.mirror(picture)
        title = f"{TITLES[(index * 2) % len(TITLES)]} {index + 1}"
        file = directory / f"DSC_{4000 + 3 * index}.jpg"
        picture.save(file, "JPEG", quality=88)
        yield Picture(file, title, TAGS[index % len(TAGS)])


def library_fill(person: Person, pictures: Iterator[Picture], *, presets: str) -> list[str]:
    """Upload them all and wait for their renditions; the ids, oldest first."""
    stored = [
        person.upload(
            picture.file,
            presets=presets,
            title=picture.title,
            tags=picture.tags,
        ).json
        for picture in pictures
    ]
    with ThreadPoolExecutor(2) as pool:
        jobs = list(pool.map(lambda one: person.job_ended(one["job"]["id"]), stored))
    assert {job["state"] for job in jobs} == {"succeeded"}
    return [one["image"]["id"] for one in stored]


def _upright(name: str) -> Image.Image:
    with Image.open(PHOTOGRAPHS / name) as opened:
        picture = ImageOps.exif_transpose(opened)
        if opened.mode == "RGBA":  # a round mask: only its middle is a picture to the corners
            side = picture.width / 7
            picture = picture.crop((round(side), round(side), round(6 * side), round(6 * side)))
        return picture.convert("RGB")


def _crop(source: Image.Image, shape: float, chance: random.Random) -> Image.Image:
    width = chance.uniform(0.6, 0.98) * min(source.width, source.height * shape)
    height = width / shape
    left = chance.uniform(0, source.width - width)
    top = chance.uniform(0, source.height - height)
    return source.crop((round(left), round(top), round(left + width), round(top + height)))
