"""``python frontend/scripts/icons.py``: draws the icons of ``public/`` that cannot be SVG.

The mark is that of ``public/favicon.svg``: a contact sheet with one frame chosen.
"""

from pathlib import Path

from PIL import Image, ImageDraw

PUBLIC = Path(__file__).resolve().parents[1] / "public"
GROUND = "#14181c"
# Left, top, right, bottom in parts of 32, as in the SVG, and the colour.
FRAMES = [
    ((6, 8, 15, 15), "#eceef0"),
    ((17, 8, 26, 15), "#6f7983"),
    ((6, 17, 15, 24), "#6f7983"),
    ((17, 17, 26, 24), "#ff8450"),
]
UNITS = 32
FINER = 8
"""Drawn so many times larger, then made smaller: Pillow's own edges are jagged."""
MASKABLE_SHARE = 0.78
"""What a launcher cuts away is outside of a circle of 80 % (w3.org/TR/appmanifest, masks)."""


def icon(size: int, *, corner: float = 8, share: float = 1.0) -> Image.Image:
    """A square of ``size`` pixels; ``corner`` in parts of 32, the mark scaled by ``share``."""
    unit = size * FINER / UNITS
    picture = Image.new("RGBA", (size * FINER, size * FINER), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    edge = size * FINER - 1
    draw.rounded_rectangle((0, 0, edge, edge), radius=corner * unit, fill=GROUND)
    for box, colour in FRAMES:
        places = [(UNITS / 2 + (place - UNITS / 2) * share) * unit for place in box]
        draw.rounded_rectangle(places, radius=1.5 * unit * share, fill=colour)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    """Write every file anew."""
    for size in (192, 512):
        icon(size).save(PUBLIC / f"icon-{size}.png", optimize=True)
    icon(512, corner=0, share=MASKABLE_SHARE).save(PUBLIC / "icon-maskable-512.png", optimize=True)
    # iOS rounds the corners itself, and shows black where a picture is transparent.
    touch = icon(180, corner=0).convert("RGB")
    touch.save(PUBLIC / "apple-touch-icon.png", optimize=True)
    icon(48).save(PUBLIC / "favicon.ico", sizes=[(16, 16), (32, 32), (48, 48)])


if __name__ == "__main__":
    main()
