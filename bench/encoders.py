"""Our files beside sharp's, in each lossy format: the bytes for the same likeness.

Each photograph is brought to 800 pixels, and encoded by the core in its default quality and by
sharp (its defaults, at several qualities). The curve through sharp's files says how many bytes it
takes for the likeness (SSIM) of ours. npm installs sharp into var/bench when it is not there. Run
``python -m bench encoders`` from the root of the project.
"""

import base64
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image, ImageOps

from bench.peers.node import installed, versions
from images.renditions import RenditionSpec
from images.renditions.encoding import encode, flatten

ROOT: Final = Path(__file__).resolve().parent.parent
PHOTOGRAPHS: Final = ROOT / "tests" / "photographs"
RESULTS: Final = ROOT / "bench" / "results" / "encoders.json"
ENCODE_S: Final = 240

SIDE: Final = 800
QUALITIES: Final = {
    "jpeg": (70, 75, 80, 84, 88, 92),
    "webp": (65, 72, 78, 82, 86, 90),
    "avif": (46, 54, 62, 70, 78),
}
TARGET_MEDIAN: Final = 1.0

_KERNEL: Final = np.exp(-((np.arange(11) - 5.0) ** 2) / (2 * 1.5**2))
_C1: Final = (0.01 * 255) ** 2
_C2: Final = (0.03 * 255) ** 2


class Likeness:
    """SSIM of brightness against one picture, as Wang and others (2004) define it.

    The window is Gaussian, of 11 pixels and sigma 1.5.
    """

    def __init__(self, picture: Image.Image) -> None:
        self._plane = _plane(picture)
        self._mean = _blurred(self._plane)
        self._variance = _blurred(self._plane**2) - self._mean**2

    def of(self, file: bytes) -> float:
        """The mean SSIM of an encoded file, 1 for the same pixels."""
        plane = _plane(Image.open(io.BytesIO(file)))
        mean = _blurred(plane)
        variance = _blurred(plane**2) - mean**2
        shared = _blurred(self._plane * plane) - self._mean * mean
        above = (2 * self._mean * mean + _C1) * (2 * shared + _C2)
        below = (self._mean**2 + mean**2 + _C1) * (self._variance + variance + _C2)
        return float(np.mean(above / below))


def _plane(picture: Image.Image) -> np.ndarray:
    colours = np.asarray(picture.convert("RGB"), np.float64)
    plane: np.ndarray = colours @ np.array([0.299, 0.587, 0.114])
    return plane


def _blurred(plane: np.ndarray) -> np.ndarray:
    kernel = _KERNEL / _KERNEL.sum()
    for axis in (0, 1):
        length = plane.shape[axis] - len(kernel) + 1
        shifted = (np.take(plane, range(i, i + length), axis) for i in range(len(kernel)))
        plane = np.sum([w * part for w, part in zip(kernel, shifted, strict=True)], axis=0)
    return plane


def sharp_files(path: Path, image_format: str) -> list[bytes]:
    """The file at ``path`` (PNG) by sharp, in each of the qualities."""
    jobs = [
        {"input": str(path), "format": image_format, "options": {"quality": quality}}
        for quality in QUALITIES[image_format]
    ]
    command = ["node", str(ROOT / "bench" / "sharp.mjs"), str(installed())]
    done = subprocess.run(
        command, input=json.dumps(jobs).encode(), check=True, capture_output=True, timeout=ENCODE_S
    )
    return [base64.b64decode(file) for file in json.loads(done.stdout)["files"]]


def bytes_at(curve: list[tuple[float, int]], likeness: float) -> float:
    """The bytes on the curve (SSIM, bytes) at one SSIM: linear in their logarithm.

    Raises ``ValueError`` for a likeness that the curve does not reach.
    """
    points = sorted(curve)
    if not points[0][0] <= likeness <= points[-1][0]:
        raise ValueError(f"SSIM {likeness:.4f} lies outside of sharp's qualities.")
    known, logs = [p[0] for p in points], [float(np.log(p[1])) for p in points]
    return float(np.exp(np.interp(likeness, known, logs)))


def photograph_at_side(path: Path) -> Image.Image:
    """The photograph upright, on white, with its longest side at ``SIDE``."""
    with Image.open(path) as opened:
        picture = flatten(ImageOps.exif_transpose(opened)).convert("RGB")
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    picture.info.clear()
    return picture


def compare_one(picture: Image.Image, path: Path, image_format: str) -> dict[str, Any]:
    """One photograph in one format: our bytes, SSIM and processor time, and sharp's bytes."""
    likeness = Likeness(picture)
    before = time.process_time()
    ours = encode(picture, RenditionSpec(format=image_format))
    cpu_s = time.process_time() - before
    ssim = likeness.of(ours)
    curve = [(likeness.of(file), len(file)) for file in sharp_files(path, image_format)]
    theirs = bytes_at(curve, ssim)
    return {
        "bytes": len(ours),
        "ssim": round(ssim, 4),
        "cpu_s": round(cpu_s, 3),
        "sharp_bytes": round(theirs),
        "ratio": round(len(ours) / theirs, 3),
    }


def compare() -> dict[str, Any]:
    """All photographs in all formats."""
    report: dict[str, Any] = {"sharp": versions()["sharp"], "side": SIDE, "formats": {}}
    paths = sorted(p for p in PHOTOGRAPHS.iterdir() if p.suffix in {".jpg", ".png"})
    with tempfile.TemporaryDirectory(prefix="bench-encoders-") as folder:
        for number, path in enumerate(paths):
            picture, png = photograph_at_side(path), Path(folder) / f"{number}.png"
            picture.save(png)
            for image_format in QUALITIES:
                rows = report["formats"].setdefault(image_format, {})
                rows[path.name] = compare_one(picture, png, image_format)
    return report


def show(report: dict[str, Any]) -> bool:
    """Print the ratios; True when the median of every format is at most the target."""
    met = True
    print(f"Our bytes over those of sharp {report['sharp']} at the same SSIM, {SIDE} pixels")
    for image_format, rows in report["formats"].items():
        ratios = [row["ratio"] for row in rows.values()]
        median = statistics.median(ratios)
        cpu_ms = 1000 * statistics.mean(row["cpu_s"] for row in rows.values())
        print(f"  {image_format}: median {median:.3f} (target {TARGET_MEDIAN}), ", end="")
        print(f"{min(ratios):.3f} to {max(ratios):.3f}, {cpu_ms:.0f} ms of CPU a picture")
        met = met and median <= TARGET_MEDIAN
    return met


def main() -> int:
    """Compare, print and write the results."""
    installed()
    report = compare()
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0 if show(report) else 1


if __name__ == "__main__":
    sys.exit(main())
