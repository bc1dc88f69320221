"""The pictures of tests/kit/drawn_digits: strokes of a hand, from points set by eye, not from a font or a data set.

Run `python -m tests.kit.make_drawn_digits` from the repository's folder to draw them again.
"""

import io
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

FOLDER = Path(__file__).parent / "drawn_digits"

Points = npt.NDArray[np.float64]

# Each way to write a digit is a list of strokes; a stroke is the points that the pen passes, x to the right and
# y downwards, in a box one high. "curve" strokes are smooth through their points, "lines" have corners.
WAYS: dict[str, list[tuple[str, list[tuple[float, float]]]]] = {
    "0 round": [
        (
            "curve",
            [
                (0.36, 0.0),
                (0.1, 0.2),
                (0.02, 0.52),
                (0.14, 0.87),
                (0.36, 1.0),
                (0.6, 0.84),
                (0.7, 0.5),
                (0.6, 0.14),
                (0.34, 0.0),
            ],
        )
    ],
    "0 narrow": [
        (
            "curve",
            [
                (0.3, 0.0),
                (0.06, 0.22),
                (0.0, 0.6),
                (0.12, 0.92),
                (0.28, 1.0),
                (0.46, 0.84),
                (0.54, 0.45),
                (0.44, 0.1),
                (0.26, 0.02),
            ],
        )
    ],
    "1 flag": [("lines", [(0.0, 0.32), (0.36, 0.0), (0.36, 1.0)])],
    "1 foot": [("lines", [(0.14, 0.2), (0.34, 0.0), (0.33, 1.0)]), ("lines", [(0.16, 1.0), (0.5, 0.99)])],
    "1 bar": [("lines", [(0.34, 0.0), (0.31, 1.0)])],
    "2 curve": [
        ("curve", [(0.04, 0.24), (0.16, 0.05), (0.38, 0.0), (0.58, 0.14), (0.56, 0.38), (0.36, 0.64), (0.0, 0.98)]),
        ("lines", [(0.0, 0.98), (0.66, 0.98)]),
    ],
    "2 wave": [
        (
            "curve",
            [
                (0.02, 0.2),
                (0.22, 0.0),
                (0.5, 0.06),
                (0.56, 0.3),
                (0.38, 0.6),
                (0.06, 0.94),
                (0.04, 0.96),
                (0.3, 0.9),
                (0.66, 0.97),
            ],
        )
    ],
    "3 round": [
        ("curve", [(0.04, 0.1), (0.28, 0.0), (0.52, 0.1), (0.5, 0.34), (0.26, 0.46)]),
        ("curve", [(0.26, 0.46), (0.54, 0.56), (0.58, 0.82), (0.34, 1.0), (0.0, 0.9)]),
    ],
    "3 wide": [
        ("curve", [(0.0, 0.14), (0.3, 0.0), (0.56, 0.14), (0.48, 0.38), (0.22, 0.48)]),
        ("curve", [(0.22, 0.48), (0.54, 0.54), (0.64, 0.76), (0.42, 0.98), (0.02, 0.9)]),
    ],
    "4 open": [("lines", [(0.22, 0.0), (0.0, 0.6), (0.66, 0.6)]), ("lines", [(0.52, 0.24), (0.46, 1.0)])],
    "4 closed": [("lines", [(0.46, 1.0), (0.48, 0.0), (0.0, 0.66), (0.66, 0.66)])],
    "5 two strokes": [
        ("lines", [(0.14, 0.02), (0.1, 0.44)]),
        ("curve", [(0.1, 0.44), (0.34, 0.38), (0.56, 0.52), (0.58, 0.78), (0.36, 0.98), (0.02, 0.92)]),
        ("lines", [(0.14, 0.02), (0.6, 0.0)]),
    ],
    "5 one stroke": [
        ("lines", [(0.58, 0.0), (0.12, 0.03), (0.08, 0.46)]),
        ("curve", [(0.08, 0.46), (0.36, 0.4), (0.56, 0.58), (0.5, 0.86), (0.26, 1.0), (0.0, 0.94)]),
    ],
    "6 curl": [
        (
            "curve",
            [
                (0.46, 0.0),
                (0.2, 0.2),
                (0.04, 0.52),
                (0.04, 0.82),
                (0.26, 1.0),
                (0.52, 0.9),
                (0.56, 0.68),
                (0.36, 0.54),
                (0.08, 0.68),
            ],
        )
    ],
    "6 straight": [
        (
            "curve",
            [
                (0.38, 0.0),
                (0.16, 0.3),
                (0.02, 0.66),
                (0.1, 0.94),
                (0.34, 1.0),
                (0.54, 0.82),
                (0.46, 0.6),
                (0.22, 0.58),
                (0.06, 0.74),
            ],
        )
    ],
    "7 plain": [("lines", [(0.0, 0.02), (0.6, 0.0), (0.2, 1.0)])],
    "7 barred": [("lines", [(0.02, 0.04), (0.6, 0.0), (0.22, 1.0)]), ("lines", [(0.12, 0.52), (0.58, 0.48)])],
    "8 one stroke": [
        (
            "curve",
            [
                (0.52, 0.14),
                (0.3, 0.0),
                (0.08, 0.14),
                (0.14, 0.34),
                (0.42, 0.56),
                (0.54, 0.8),
                (0.3, 1.0),
                (0.04, 0.82),
                (0.16, 0.58),
                (0.44, 0.36),
                (0.52, 0.14),
            ],
        )
    ],
    "8 two rings": [
        ("curve", [(0.3, 0.0), (0.1, 0.1), (0.1, 0.36), (0.3, 0.46), (0.5, 0.34), (0.5, 0.1), (0.3, 0.0)]),
        ("curve", [(0.3, 0.46), (0.06, 0.6), (0.06, 0.88), (0.3, 1.0), (0.56, 0.88), (0.54, 0.6), (0.3, 0.46)]),
    ],
    "9 curved": [
        ("curve", [(0.54, 0.16), (0.3, 0.0), (0.06, 0.14), (0.08, 0.38), (0.3, 0.46), (0.52, 0.32), (0.54, 0.16)]),
        ("curve", [(0.54, 0.16), (0.56, 0.56), (0.44, 0.88), (0.1, 0.98)]),
    ],
    "9 straight": [
        ("curve", [(0.5, 0.1), (0.24, 0.0), (0.04, 0.18), (0.12, 0.42), (0.36, 0.42), (0.5, 0.14)]),
        ("lines", [(0.52, 0.08), (0.46, 1.0)]),
    ],
}


@dataclass(frozen=True)
class Sheet:
    """One picture: what is drawn where, with which pen on which paper."""

    way: str
    size: tuple[int, int]  # width, height of the canvas, pixels
    height: float  # of the digit, as a share of the canvas' height
    middle: tuple[float, float]  # of the digit, as shares of the canvas
    pen: float  # pixels
    ink: tuple[int, int, int] = (0, 0, 0)
    paper: tuple[int, int, int] = (255, 255, 255)
    slant: float = 0.0  # x per y
    turn: float = 0.0  # degrees
    smooth: bool = True  # antialiased, as a pen program draws
    photo: bool = False  # uneven light, blur, grain of the paper
    seed: int = 0


def smooth_curve(points: Points, steps: int = 16) -> Points:
    """Return a Catmull-Rom spline through `points`."""
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        parts.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.vstack([*parts, points[-1:]])


def strokes(sheet: Sheet, rng: np.random.Generator) -> list[Points]:
    """Return the pen's paths in pixels: the way's points, unsteady, slanted, turned and put in place."""
    paths = []
    angle = np.radians(sheet.turn)
    rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    for kind, corners in WAYS[sheet.way]:
        points = np.array(corners) + rng.normal(0, 0.012, (len(corners), 2))
        if kind == "lines":  # a hand bends its straight lines a little
            points = np.vstack([np.linspace(a, b, 6, endpoint=False) for a, b in pairwise(points)] + [points[-1:]])
            points += rng.normal(0, 0.004, points.shape)
        else:
            points = smooth_curve(points)
        points = points - (0.32, 0.5)
        points[:, 0] -= sheet.slant * points[:, 1]
        points = points @ rotation
        paths.append(points * sheet.height * sheet.size[1] + np.array(sheet.middle) * sheet.size)
    return paths


def draw(sheet: Sheet) -> Image.Image:
    """Draw one sheet."""
    rng = np.random.default_rng(sheet.seed)
    scale = 4 if sheet.smooth else 1
    mask = Image.new("L", (sheet.size[0] * scale, sheet.size[1] * scale))
    pen = ImageDraw.Draw(mask)
    for path in strokes(sheet, rng):
        pressed = sheet.pen * (1 + 0.06 * np.sin(np.linspace(0, rng.uniform(3, 9), len(path)))) * scale / 2
        for (x, y), (x2, y2), r in zip(path * scale, path[1:] * scale, pressed, strict=False):
            steps = int(max(abs(x2 - x), abs(y2 - y))) + 1
            for t in np.linspace(0, 1, steps):
                cx, cy = x + (x2 - x) * t, y + (y2 - y) * t
                pen.ellipse([cx - r, cy - r, cx + r, cy + r], fill=255)
    mask = mask.resize(sheet.size, Image.Resampling.BOX)
    picture = Image.composite(Image.new("RGB", sheet.size, sheet.ink), Image.new("RGB", sheet.size, sheet.paper), mask)
    return photograph(picture, rng) if sheet.photo else picture


def photograph(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Return the sheet as a telephone sees it: light from one side, dark corners, blur, noise, a few specks."""
    width, height = picture.size
    pixels = np.asarray(picture.filter(ImageFilter.GaussianBlur(width / 400)), float)
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    light = 0.95 - 0.45 * x - 0.15 * y - 0.25 * ((x - 0.5) ** 2 + (y - 0.5) ** 2)
    grain = np.asarray(
        Image.fromarray(rng.normal(0, 1, (height // 2, width // 2)).astype(np.float32)).resize(
            (width, height), Image.Resampling.BILINEAR
        )
    )
    pixels = pixels * light[:, :, None] + 4 * grain[:, :, None] + rng.normal(0, 5, pixels.shape)
    for _ in range(6):
        top, left = rng.integers(0, height - 3), rng.integers(0, width - 3)
        pixels[top : top + 3, left : left + 3] -= 70
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


WHITE, BLACK = (255, 255, 255), (0, 0, 0)
SHEETS = {
    "0_mouse": Sheet("0 round", (280, 280), 0.6, (0.5, 0.5), 14),
    "0_chalk": Sheet("0 narrow", (400, 300), 0.7, (0.3, 0.5), 20, (235, 240, 235), (30, 70, 50), slant=0.15),
    "1_mouse": Sheet("1 flag", (200, 260), 0.7, (0.55, 0.5), 5, smooth=False),
    "1_fat": Sheet("1 foot", (120, 120), 0.7, (0.45, 0.5), 15, WHITE, BLACK),
    "2_pen": Sheet("2 curve", (1200, 900), 0.4, (0.7, 0.35), 12, (20, 40, 160)),
    "2_neon": Sheet("2 wave", (300, 300), 0.65, (0.5, 0.55), 22, (120, 255, 90), (20, 20, 40)),
    "3_small": Sheet("3 round", (60, 60), 0.6, (0.5, 0.5), 4),
    "3_marker": Sheet("3 wide", (500, 700), 0.5, (0.45, 0.4), 60, (200, 30, 40), (250, 245, 225)),
    "4_mouse": Sheet("4 open", (320, 240), 0.75, (0.5, 0.5), 9, smooth=False),
    "4_night": Sheet("4 closed", (256, 256), 0.6, (0.6, 0.6), 16, (230, 230, 230), (10, 10, 10), slant=0.1),
    "5_tablet": Sheet("5 two strokes", (640, 480), 0.6, (0.4, 0.45), 26, (60, 60, 60)),
    "5_thin": Sheet("5 one stroke", (400, 400), 0.5, (0.35, 0.6), 3),
    "6_photo": Sheet("6 curl", (600, 460), 0.45, (0.45, 0.5), 11, (40, 40, 70), (225, 220, 205), photo=True),
    "6_light": Sheet("6 straight", (150, 150), 0.8, (0.5, 0.5), 12, WHITE, BLACK),
    "7_mouse": Sheet("7 plain", (280, 280), 0.6, (0.5, 0.5), 12, smooth=False),
    "7_barred": Sheet("7 barred", (500, 350), 0.6, (0.65, 0.5), 14, (90, 40, 130), slant=0.1),
    "8_fat": Sheet("8 one stroke", (300, 400), 0.7, (0.5, 0.5), 34),
    "8_board": Sheet("8 two rings", (600, 600), 0.5, (0.4, 0.4), 22, (250, 250, 120), (40, 60, 50), turn=4),
    "9_pencil": Sheet("9 curved", (800, 600), 0.5, (0.55, 0.5), 8, (90, 90, 95), (248, 248, 246)),
    "9_tight": Sheet("9 straight", (90, 120), 0.86, (0.5, 0.5), 9),
}


def png(sheet: Sheet) -> bytes:
    """Return the sheet as the bytes of a PNG file."""
    buffer = io.BytesIO()
    draw(sheet).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for number, (name, sheet) in enumerate(SHEETS.items()):
        (FOLDER / f"{name}.png").write_bytes(png(replace(sheet, seed=number)))
