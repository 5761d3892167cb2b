"""The pure core beside naive Pillow and libvips: processor time, peak memory and likeness.

Each measurement is a child process of its own, so that peaks do not mix; the candidates take
turns, so that a busy machine slows all of them. Compare the ratios; the seconds are this
machine's. Run ``python -m bench.core`` from the root of the project.
"""

import argparse
import io
import json
import math
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
PHOTOGRAPH: Final = ROOT / "tests" / "photographs" / "mountains.jpg"
RESULTS: Final = ROOT / "bench" / "results" / "core.json"

SIDES: Final = (1600, 800, 200)
QUALITY: Final = {"jpeg": 82, "webp": 80}
JPEG: Final = {"optimize_coding": True, "interlace": True}
INPUTS: Final = {"12 MP": (4000, 3000), "48 MP": (8000, 6000)}
TARGET_SPEEDUP: Final = {"12 MP": 2.0, "48 MP": 6.0}
TARGET_PEAK_MB: Final = 150.0
TARGET_PSNR_DB: Final = 43.0
EXACT_DB: Final = 99.0
BUDGET_S: Final = 100.0


def run_ours(path: Path) -> list[int]:
    """Every rendition through the core; the bytes of each."""
    from images.renditions import Limits, RenditionSpec, render_all  # noqa: PLC0415

    specs = [RenditionSpec(side, side, format=name) for side in SIDES for name in QUALITY]
    with path.open("rb") as file:
        made = render_all(file, specs, Limits())
        return [len(rendition.content) for rendition in made]


def run_naive(path: Path) -> list[int]:
    """Open, convert, resize and save, once for each size and format, as most code does."""
    from PIL import Image, ImageOps  # noqa: PLC0415

    sizes = []
    for side in SIDES:
        for name, quality in QUALITY.items():
            with Image.open(path) as opened:
                image = ImageOps.exif_transpose(opened).convert("RGB")
            scale = side / max(image.size)
            box = round(image.width * scale), round(image.height * scale)
            buffer = io.BytesIO()
            image.resize(box, Image.Resampling.LANCZOS).save(buffer, name, quality=quality)
            sizes.append(buffer.tell())
    return sizes


def run_vips(path: Path) -> list[int]:
    """Run libvips at its best: each size by its own shrink on load, as every caller of it does."""
    import pyvips  # noqa: PLC0415

    sizes = []
    for side in SIDES:
        image = pyvips.Image.thumbnail(str(path), side, height=side, size="down").copy_memory()
        sizes.append(len(image.jpegsave_buffer(Q=QUALITY["jpeg"], strip=True, **JPEG)))
        sizes.append(len(image.webpsave_buffer(Q=QUALITY["webp"], effort=4, strip=True)))
    return sizes


def run_idle(_: Path) -> list[int]:
    """Only the imports, to show what of a peak is the interpreter's own."""
    import PIL.Image  # noqa: PLC0415

    import images.renditions  # noqa: PLC0415

    return [0 for module in (PIL.Image, images.renditions) if module is None]


CANDIDATES: Final[dict[str, Callable[[Path], list[int]]]] = {
    "ours": run_ours,
    "naive": run_naive,
    "vips": run_vips,
    "idle": run_idle,
}


def make_input(path: Path, size: tuple[int, int]) -> None:
    """A baseline JPEG of ``size``: the photograph, mirrored as often as it takes."""
    from PIL import Image, ImageOps  # noqa: PLC0415

    with Image.open(PHOTOGRAPH) as opened:
        tile = opened.convert("RGB")
    large = Image.new("RGB", size)
    for row, top in enumerate(range(0, size[1], tile.height)):
        for column, left in enumerate(range(0, size[0], tile.width)):
            piece = ImageOps.mirror(tile) if column % 2 else tile
            large.paste(ImageOps.flip(piece) if row % 2 else piece, (left, top))
    large.save(path, "JPEG", quality=88)


def likeness(path: Path) -> dict[str, float]:
    """PSNR in dB of our pixels against one full-quality resize, for each size made alone."""
    import numpy as np  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    from images.renditions import Limits, RenditionSpec, render  # noqa: PLC0415

    with Image.open(path) as opened:
        full = opened.convert("RGB")
    specs = [RenditionSpec(side, side, format="png") for side in SIDES]
    psnr = {}
    with path.open("rb") as file:
        for spec in specs:
            made = render(file, spec, Limits())
            ours = np.asarray(Image.open(io.BytesIO(made.content)).convert("RGB"), np.float64)
            size = made.width, made.height
            reference = np.asarray(full.resize(size, Image.Resampling.LANCZOS), np.float64)
            error = float(np.mean((ours - reference) ** 2))
            psnr[str(max(size))] = round(10 * math.log10(255**2 / error), 1) if error else EXACT_DB
    return psnr


def peak_mb() -> float:
    """The most memory that this process has held so far, in MB of 10^6 bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    if found is None:
        raise RuntimeError("The kernel does not report peak memory.")
    return int(found[1]) * 1024 / 1e6


def measure(candidate: str, path: Path) -> dict[str, Any]:
    """One candidate, in this process: its processor seconds, peak memory and output sizes."""
    import images.renditions  # noqa: F401, PLC0415 - so that no candidate is charged for imports

    if candidate == "vips":
        import pyvips  # noqa: F401, PLC0415
    before = time.process_time()
    sizes = CANDIDATES[candidate](path)
    return {"cpu_s": time.process_time() - before, "peak_mb": peak_mb(), "bytes": sum(sizes)}


def child(*arguments: str) -> Any:
    """What ``python -m bench.core`` with these arguments prints, parsed."""
    command = [sys.executable, "-m", "bench.core", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=BUDGET_S)
    return json.loads(done.stdout)


def best_of(path: Path, rounds: int, deadline: float) -> dict[str, dict[str, Any]]:
    """The fastest run of each candidate and its highest peak, over rounds that take turns."""
    best: dict[str, dict[str, Any]] = {}
    for turn in range(rounds):
        if turn and time.monotonic() > deadline:
            break
        for candidate in CANDIDATES:
            now = child("--measure", candidate, "--input", str(path))
            was = best.get(candidate, now)
            best[candidate] = {
                "cpu_s": min(now["cpu_s"], was["cpu_s"]),
                "peak_mb": max(now["peak_mb"], was["peak_mb"]),
                "bytes": now["bytes"],
                "rounds": turn + 1,
            }
    return best


def compare(rounds: int) -> dict[str, Any]:
    """All inputs, all candidates: measurements, ratios and whether the targets are met."""
    start = time.monotonic()
    report: dict[str, Any] = {"python": platform.python_version(), "inputs": {}}
    with tempfile.TemporaryDirectory(prefix="bench-core-") as folder:
        for number, (name, size) in enumerate(INPUTS.items(), start=1):
            path = Path(folder) / f"{size[0]}.jpg"
            child("--make", f"{size[0]}x{size[1]}", "--input", str(path))
            best = best_of(path, rounds, start + BUDGET_S * number / len(INPUTS) / 1.3)
            ours = best["ours"]
            report["inputs"][name] = {
                "candidates": best,
                "times_faster_than_naive": round(best["naive"]["cpu_s"] / ours["cpu_s"], 1),
                "times_faster_than_vips": round(best["vips"]["cpu_s"] / ours["cpu_s"], 2),
                "psnr_db": child("--likeness", "--input", str(path)),
                "target_times_faster_than_naive": TARGET_SPEEDUP[name],
                "target_peak_mb": TARGET_PEAK_MB,
            }
    report["took_s"] = round(time.monotonic() - start, 1)
    return report


def show(report: dict[str, Any]) -> bool:
    """Print the comparison; True when every target is met."""
    met = True
    for name, result in report["inputs"].items():
        print(f"{name} JPEG, {len(SIDES)} sizes in {' and '.join(QUALITY)}")
        for candidate, row in result["candidates"].items():
            print(f"  {candidate:6} {row['cpu_s']:7.3f} s CPU  {row['peak_mb']:6.0f} MB peak")
        faster, target = result["times_faster_than_naive"], TARGET_SPEEDUP[name]
        peak = result["candidates"]["ours"]["peak_mb"]
        print(f"  {faster} times as fast as naive (target {target:.0f}), ", end="")
        print(f"{result['times_faster_than_vips']} times as fast as libvips")
        worst = min(result["psnr_db"].values())
        print(
            f"  {peak:.0f} MB peak (target {TARGET_PEAK_MB:.0f}); PSNR {result['psnr_db']} dB ",
            end="",
        )
        print(f"(target {TARGET_PSNR_DB:.0f})")
        met = met and faster >= target and peak < TARGET_PEAK_MB and worst >= TARGET_PSNR_DB
    print(f"took {report['took_s']} s")
    return met


def main() -> int:
    """Compare, print and write the results; or do one child's part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4, help="turns of each candidate")
    parser.add_argument("--measure", choices=CANDIDATES, help=argparse.SUPPRESS)
    parser.add_argument("--make", help=argparse.SUPPRESS)
    parser.add_argument("--likeness", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--input", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.make:
        width, height = asked.make.split("x")
        make_input(asked.input, (int(width), int(height)))
        print("{}")
    elif asked.likeness:
        print(json.dumps(likeness(asked.input)))
    elif asked.measure:
        print(json.dumps(measure(asked.measure, asked.input)))
    else:
        report = compare(asked.rounds)
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        return 0 if show(report) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
