"""Import of a large generated set of image files: images per second, and the most memory that its processes took.

    python -m benchmarks.large_import [--images 100000] [--size 200] [--encoding raw|files] [--json FILE]

The files are JPEGs of 240x320 to 320x240 pixels in ten folders of classes: 500 different pictures, each repeated under
a comment of its own, so that no two files are alike. Memory is the sum of resident bytes of the import's process
and its children, pages that they share counted for each.
"""

import argparse
import io
import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from benchmarks.machine import describe_machine

PICTURES, CLASSES = 500, 10
COMMENT = b"\xff\xfe\x00\x0c"  # JPEG marker of a comment of ten bytes


def make_pictures() -> list[bytes]:
    rng = np.random.default_rng(0)
    pictures = []
    for _ in range(PICTURES):
        width = int(rng.integers(240, 321))
        coarse = Image.fromarray(rng.integers(0, 256, (30, 40, 3), np.uint8))
        photo = np.asarray(coarse.resize((width, 560 - width), Image.Resampling.BICUBIC), np.int16)
        noisy = np.clip(photo + rng.normal(0, 4, photo.shape), 0, 255).astype(np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(noisy).save(buffer, "JPEG", quality=85)
        pictures.append(buffer.getvalue())
    return pictures


def write_files(folder: Path, images: int) -> int:
    pictures, total = make_pictures(), 0
    for label in range(CLASSES):
        (folder / f"class-{label}").mkdir(parents=True)
    for number in range(images):
        picture = pictures[number % PICTURES]
        data = picture[:2] + COMMENT + f"{number:010}".encode() + picture[2:]
        (folder / f"class-{number % CLASSES}" / f"{number:06}.jpg").write_bytes(data)
        total += len(data)
    return total


def tree_bytes(process: psutil.Process) -> int:
    total = 0
    for member in [process, *process.children(recursive=True)]:
        try:
            total += member.memory_info().rss
        except psutil.Error:  # it has just ended
            continue
    return total


def run_import(folder: Path, size: int) -> dict[str, float]:
    from cnnapp import datasets, jobs

    began, peak, told = time.perf_counter(), 0, 0.0
    job = datasets.request_import(folder, "large", choices=datasets.Choices(images=datasets.ImageOptions(size=size)))
    while (found := datasets.get_job(job)).live:
        for child in psutil.Process().children():
            peak = max(peak, tree_bytes(child))
        if time.perf_counter() - told > 30:
            told = time.perf_counter()
            print(f"  {found.done:,} of {found.total:,}, load {os.getloadavg()[0]:.1f}", flush=True)
        time.sleep(0.25)
    jobs.reap()
    if found.state != "finished":
        raise SystemExit(found.message)
    return {"seconds": time.perf_counter() - began, "peak_bytes": peak}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--size", type=int, default=200)
    parser.add_argument("--encoding", choices=("raw", "files"), default="raw")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["CNNAPP_HOME"] = str(Path(temporary) / "home")
        raw = args.images * args.size**2 * 3
        if args.encoding == "files":  # as where raw pixels would be more than is allowed
            os.environ["CNNAPP_MAX_DATASET_MB"] = str(max(1, raw // 2**20 - 1))
        source = write_files(Path(temporary) / "photos", args.images)
        print(f"{args.images:,} files, {source / 1e9:.2f} GB, on {describe_machine()}", flush=True)
        result = run_import(Path(temporary) / "photos", args.size)
        from cnnapp import datasets

        manifest, stored = datasets.load("large").manifest, datasets.info("large").disk_bytes
    speed = args.images / result["seconds"]
    print(
        f"{speed:,.0f} images/s ({result['seconds']:.0f} s), peak memory {result['peak_bytes'] / 1e6:,.0f} MB, "
        f"{stored / 1e9:.2f} GB on disk as {manifest.encoding}; load {os.getloadavg()[0]:.1f}"
    )
    if args.json:
        facts = {"machine": describe_machine(), "images": args.images, "size": args.size, "encoding": manifest.encoding}
        args.json.write_text(
            json.dumps({**facts, **result, "disk_bytes": stored, "images_per_second": speed}, indent=1)
        )


if __name__ == "__main__":
    main()
