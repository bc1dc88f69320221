"""The corpus of hostile images: each kind many times, by seed."""

from collections.abc import Callable, Iterator

import numpy as np

from tests.kit.hostile import damage, photos, pictures
from tests.kit.hostile.case import Case

KINDS: tuple[Callable[[np.random.Generator], Iterator[Case]], ...] = (
    pictures.png_kinds,
    pictures.png_palettes,
    pictures.png_keys,
    pictures.apngs,
    pictures.bmps,
    pictures.bmps_of_16_bits,
    pictures.bmp_runs,
    pictures.gifs,
    pictures.tiffs,
    pictures.number_tiffs,
    photos.jpegs,
    photos.webps,
    photos.turned,
    photos.absurd_exif,
    photos.profiles,
    damage.cuts,
    damage.flips,
    damage.chunk_damage,
    damage.announced,
    damage.inflated,
    damage.foreign,
    damage.mixed_up,
    damage.no_or_one_pixel,
)


def cases(seeds: range) -> Iterator[tuple[str, Case]]:
    """Yield every kind of image for every seed, with the kind's name."""
    for seed in seeds:
        for place, kind in enumerate(KINDS):
            yield from ((kind.__name__, case) for case in kind(np.random.default_rng([seed, place])))
