"""What is taken for pen and ink: drawings and handwriting, never grey slices, X-rays or photos; and it is told."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from cnnapp.datasets import catalog
from cnnapp.datasets.drafts import Workspace
from cnnapp.datasets.sources.ink_guess import CHOSEN, GUESSED, looks_like_ink
from cnnapp.images import prepare
from tests.kit.image_trees import as_zip, take

SIDE = 64


def drawing(seed, side=SIDE, pen=0.09):
    """A light stroke on black, as soft at its edges as a scan."""
    rng = np.random.default_rng(seed)
    big = Image.new("L", (4 * side, 4 * side))
    points = [tuple(point) for point in (rng.uniform(0.2, 0.8, (4, 2)) * 4 * side)]
    ImageDraw.Draw(big).line(points, fill=255, width=round(pen * 4 * side), joint="curve")
    return np.asarray(big.resize((side, side), Image.Resampling.BOX))


def slice_of(seed, tumor, side=SIDE):
    """A head: bright rim, grey inside, black around; with or without a bright spot."""
    rng = np.random.default_rng(seed)
    image = Image.new("L", (side, side))
    draw = ImageDraw.Draw(image)
    x, y = rng.uniform(0.45, 0.55, 2) * side
    across, down = rng.uniform(0.26, 0.32, 2) * side
    draw.ellipse((x - across, y - down, x + across, y + down), fill=int(rng.integers(60, 120)), outline=255, width=2)
    if tumor:
        angle, away, radius = rng.uniform(0, 6.3), rng.uniform(0, 0.12) * side, 0.055 * side
        x, y = x + away * np.cos(angle), y + away * np.sin(angle)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=240)
    values = np.asarray(image.filter(ImageFilter.GaussianBlur(0.7)), float) + rng.normal(0, 4, (side, side))
    return np.clip(values, 0, 255).astype(np.uint8)


def x_ray(seed, side=SIDE):
    """Ribs over lungs: greys everywhere, a dark frame."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0 : 1 : 1j * side, 0 : 1 : 1j * side]
    chest = np.exp(-((x - 0.5) ** 2 * 6 + (y - 0.5) ** 2 * 4)) * (170 + 40 * np.sin(y * 30))
    return np.clip(chest + rng.normal(0, 6, chest.shape), 0, 255).astype(np.uint8)


def paper(seed, side=SIDE):
    """A photo of a drawing on lit paper."""
    y, x = np.mgrid[0 : 1 : 1j * side, 0 : 1 : 1j * side]
    return (220 * (1 - 0.3 * x - 0.2 * y) * (1 - drawing(seed, side) / 300)).astype(np.uint8)


def stars(seed, side=SIDE):
    """Blurred discs of all greys on black, as galaxies and cells."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:side, 0:side]
    sky = sum(300 * rng.random() * np.exp(-((x - a) ** 2 + (y - b) ** 2) / 60) for a, b in rng.uniform(8, 56, (4, 2)))
    return np.clip(sky, 0, 255).astype(np.uint8)


def many(make, count=40):
    return np.stack([make(seed) for seed in range(count)])[..., None]


def smaller(images, side):
    return np.stack([np.asarray(Image.fromarray(image[..., 0]).resize((side, side))) for image in images])[..., None]


@pytest.mark.parametrize("side", [28, 64, 128])
@pytest.mark.parametrize("pen", [0.05, 0.09, 0.14])
def test_drawings_are_ink(side, pen):
    assert looks_like_ink(many(lambda seed: drawing(seed, side, pen)))


@pytest.mark.parametrize("name", ["x_or_o", "x_or_o-64"])
def test_the_bundled_letters_look_like_ink(home, tmp_path, name):
    row = replace(catalog.find(name), train=60, test=4)
    draft = row.make(row, Workspace(Path(tmp_path), lambda *_: None))
    assert looks_like_ink(next(draft.train.batches())[:200])


@pytest.mark.parametrize("side", [28, 32, 64, 128])
@pytest.mark.parametrize(
    "make",
    [lambda seed: slice_of(seed, seed % 2, 128), lambda seed: x_ray(seed, 128), paper, stars],
    ids=["slices", "X-rays", "paper", "stars"],
)
def test_grey_pictures_are_no_ink(make, side):
    assert not looks_like_ink(smaller(many(make), side))


def encoded(values):
    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, "PNG")
    return buffer.getvalue()


def test_predict_sees_fresh_slices_as_training_saw_them(home, tmp_path):
    files = {
        f"{'tumor' if seed % 2 else 'no'}/{seed}.png": encoded(slice_of(seed, seed % 2, 96)) for seed in range(120)
    }
    taken = take(as_zip(tmp_path / "mri.zip", files), size=32)
    assert taken.preprocess.ink is None
    assert GUESSED not in taken.manifest.notices

    # The brightest spot well inside the head tells: what a network finds at once, if it sees the plain resize.
    def spot(images):
        return np.sort(np.asarray(images, float)[:, 11:21, 11:21, 0].reshape(len(images), -1))[:, -4:].mean(axis=1)

    seen_in_training = spot(taken.train.images)
    labels = taken.train.labels.astype(bool)
    threshold = (seen_in_training[labels].mean() + seen_in_training[~labels].mean()) / 2
    fresh = [(encoded(slice_of(seed, seed % 2, 96)), seed % 2) for seed in range(1000, 1060)]
    seen = np.stack([prepare(data, "a slice", taken.preprocess).seen for data, _ in fresh])
    right = (spot(seen) > threshold) == np.array([bool(tumor) for _, tumor in fresh])
    assert right.sum() >= 58


def test_ink_is_told_and_may_be_overruled(home, tmp_path):
    files = {f"{seed % 2}/{seed}.png": encoded(drawing(seed)) for seed in range(20)}
    path = as_zip(tmp_path / "set.zip", files)
    guessed, off, on = take(path), take(path, ink=False), take(path, ink=True)
    assert guessed.preprocess.ink is not None
    assert GUESSED in guessed.manifest.notices
    assert off.preprocess.ink is None
    assert not {GUESSED, CHOSEN} & set(off.manifest.notices)
    assert on.preprocess.ink is not None
    assert CHOSEN in on.manifest.notices
