import time

import numpy as np
import pytest

from cnnapp.figures.colour_maps import BACKGROUNDS, DIVERGING, SEQUENTIAL, compute_palette, rgb
from cnnapp.figures.enlarged_map import plot_histogram, plot_map, plot_values
from cnnapp.figures.feature_maps import (
    MapStatistics,
    as_maps,
    compute_statistics,
    normalise,
    order_by_activity,
    plot_feature_maps,
)
from cnnapp.figures.kernels import normalise_signed, plot_kernels
from cnnapp.figures.probabilities import ClassShare, in_words, plot_probabilities, top_classes
from cnnapp.figures.tiles import TileLayout, draw_tiles, plan_tiles

RANDOM = np.random.default_rng(0)
SIZES = [(1, 1, 1), (6, 28, 28), (16, 10, 10), (512, 4, 4), (64, 198, 198), (3, 5, 200), (10, 1, 1), (5000, 1, 1)]


def random_maps(count: int, height: int, width: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return RANDOM.standard_normal((height, width, count)).astype(np.float32)


def test_a_layout_is_plain_numbers() -> None:
    assert plan_tiles(6, 28, 28, picture=(600, 900)) == TileLayout(6, 1, 6, 140, 140, 3, 5, 1)


@pytest.mark.parametrize(("count", "height", "width"), SIZES)
def test_the_picture_has_the_planned_size_and_fits_across(count: int, height: int, width: int) -> None:
    layout = plan_tiles(count, height, width, picture=(500, 500))
    picture = plot_feature_maps(random_maps(count, height, width), layout)
    assert picture.shape == (*layout.shape, 3)
    assert picture.dtype == np.uint8
    assert picture.shape[1] <= 500
    assert layout.rows * layout.columns >= count


def test_tiles_are_found_again_under_the_pointer() -> None:
    layout = plan_tiles(7, 4, 6, picture=(300, 200))
    for position in range(7):
        top, left = layout.corner(position)
        assert layout.position_at(top, left) == position
        assert layout.position_at(top + layout.height - 1, left + layout.width - 1) == position
        assert layout.position_at(top - 1, left) is None
    assert layout.position_at(*(side - layout.gap - 1 for side in layout.shape)) in (None, 6)
    assert layout.position_at(10_000, 10_000) is None


def test_every_value_is_a_sharp_square_at_its_place() -> None:
    layout = TileLayout(2, 1, 2, 4, 4, 1, 2, 1)
    tiles = np.zeros((2, 2, 2, 3), np.uint8)
    tiles[1, 0, 1] = 200
    picture = draw_tiles(tiles, layout, (9, 9, 9))
    top, left = layout.corner(1)
    assert (picture[top : top + 2, left + 2 : left + 4] == 200).all()
    assert (picture == 200).sum() == 12
    assert (picture[0] == 9).all()


def test_each_map_has_its_own_range_or_all_share_one() -> None:
    maps = np.stack([np.linspace(0, 1, 4), np.linspace(0, 4, 4)], axis=-1).reshape(2, 2, 2).astype(np.float32)
    np.testing.assert_allclose(normalise(maps, "per map").max(axis=(0, 1)), [1, 1])
    np.testing.assert_allclose(normalise(maps, "same for all").max(axis=(0, 1)), [0.25, 1])


def test_a_dead_map_and_odd_values_stay_dark() -> None:
    assert not normalise(np.full((3, 3, 1), 7, np.float32), "per map").any()
    odd = np.array([np.nan, np.inf, 1, 0], np.float32).reshape(2, 2, 1)
    assert np.isfinite(normalise(odd, "per map")).all()


def test_a_vector_s_values_share_one_scale() -> None:
    maps = as_maps(np.array([0, 1, 2], np.float32))
    assert maps.shape == (1, 1, 3)
    np.testing.assert_allclose(normalise(maps, "per map")[0, 0], [0, 0.5, 1])
    np.testing.assert_allclose(normalise(maps[..., 1:], "per map")[0, 0], [0.5, 1])


def test_a_lone_value_is_shown_as_the_probability_that_it_is() -> None:
    np.testing.assert_allclose(normalise(np.full((1, 1, 1), 0.25, np.float32), "per map"), 0.25)


def test_the_most_active_map_comes_first() -> None:
    maps = np.zeros((2, 2, 3), np.float32)
    maps[..., 1], maps[..., 2] = 5, 1
    assert order_by_activity(maps).tolist() == [1, 2, 0]


def test_statistics_of_a_map() -> None:
    assert compute_statistics(np.array([[0, 0], [1, 3]], np.float32)) == MapStatistics(0.0, 3.0, 1.0, 0.5)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_low_is_near_the_background_and_high_far_from_it(theme: str) -> None:
    palette = compute_palette(SEQUENTIAL[theme]).astype(int)
    ground = np.array(rgb(BACKGROUNDS[theme]))
    distance = np.abs(palette - ground).sum(axis=1)
    assert 0 < distance[0] < 80
    assert (np.diff(distance) >= -1).all()
    assert distance[-1] > 500


def test_five_hundred_maps_take_less_than_a_tenth_of_a_second_of_a_processor() -> None:
    maps = random_maps(512, 14, 14)
    best = min(timed(maps) for _ in range(5))
    assert best < 0.1


def timed(maps: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> float:
    start = time.process_time()
    plot_feature_maps(maps, plan_tiles(maps.shape[2], *maps.shape[:2]))
    return time.process_time() - start


def test_a_weight_of_zero_is_the_middle_of_the_scale_in_every_kernel() -> None:
    kernels = np.zeros((1, 3, 1, 2), np.float32)
    kernels[0, :, 0, 0], kernels[0, :, 0, 1] = [-2, 0, 1], [0, 0, 0.5]
    np.testing.assert_allclose(
        normalise_signed(kernels, "same for all")[0, :, 0].T, [[0, 0.5, 0.75], [0.5, 0.5, 0.625]]
    )
    np.testing.assert_allclose(normalise_signed(kernels, "per kernel")[0, 2, 0], [0.75, 1])


def test_kernels_over_colours_are_drawn_in_colour() -> None:
    kernels = np.zeros((1, 1, 3, 1), np.float32)
    kernels[0, 0, 0] = 1
    picture = plot_kernels(kernels, layout := plan_tiles(1, 1, 1))
    assert picture[layout.corner(0)].tolist() == [255, 128, 128]


def test_other_kernels_are_drawn_around_zero() -> None:
    kernels = np.array([-1, 1], np.float32).reshape(1, 1, 1, 2)
    picture = plot_kernels(kernels, layout := plan_tiles(2, 1, 1))
    assert picture[layout.corner(0)].tolist() == list(rgb(DIVERGING["light"][0]))
    assert picture[layout.corner(1)].tolist() == list(rgb(DIVERGING["light"][-1]))


def test_the_likeliest_classes_come_first() -> None:
    shares = top_classes(np.array([0.25, 0.5, 0.25], np.float32), ("a", "b", "c"), 2)
    assert shares == (ClassShare("b", 0.5), ClassShare("a", 0.25))
    assert len(top_classes(np.array([1.0], np.float32), ("a",), 5)) == 1


@pytest.mark.parametrize(
    ("name", "probability", "words"),
    [
        ("7", 0.934, "a seven, with 93.4 percent confidence"),
        ("8", 1.0, "an eight, with 100.0 percent confidence"),
        ("cat", 0.99996, "cat, with more than 99.9 percent confidence"),
        ("12", 0.5, "12, with 50.0 percent confidence"),
        ("", 0.5, ", with 50.0 percent confidence"),
    ],
)
def test_an_answer_reads_as_a_sentence(name: str, probability: float, words: str) -> None:
    assert in_words(ClassShare(name, probability)) == words


def test_figures_show_what_they_are_given_and_survive_nothing() -> None:
    assert plot_probabilities((), ()).data[0].x == ()
    bars = plot_probabilities([ClassShare("7", 0.9), ClassShare("1", 0.1)], ["90 %", "10 %"]).data[0]
    assert list(bars.y) == ["1 ", "7 "]
    values = np.array([[0, -2], [1, 1]], np.float32)
    assert plot_map(values, signed=True).data[0].zmin == -2
    assert sum(plot_histogram(values).data[0].y) == 4
    assert len(plot_values(np.zeros(2000, np.float32), 3).data[0].y) == 1000
