"""The figures of the Data set page."""

import numpy as np
import pytest

from cnnapp.figures.aspect_ratios import compute_ratio_counts, plot_ratio_counts
from cnnapp.figures.class_counts import compute_class_counts, plot_class_counts
from cnnapp.figures.mean_images import MOST_PER_CLASS, compute_mean_images, images_per_class
from cnnapp.figures.original_sizes import compute_size_counts, plot_size_counts
from cnnapp.figures.pixels import compute_region, enlarge, mark_region, plot_pixels, split_channels
from cnnapp.figures.samples import compute_page, compute_samples, draw_samples
from cnnapp.figures.value_counts import compute_value_counts, plot_value_counts

LABELS = np.array([0, 1, 1, 0, 1], np.int32)


def test_samples_are_the_first_of_each_class():
    grid = compute_samples(LABELS, range(3), (4, 4, 1))
    assert grid.rows[:, :4].tolist() == [[0, 3, -1, -1], [1, 2, 4, -1], [-1, -1, -1, -1]]
    assert grid.layout.enlarge == 14


@pytest.mark.parametrize("shape", [(4, 4, 1), (28, 28, 1), (32, 24, 3), (200, 150, 3)])
def test_sample_picture_has_each_image_in_its_place(shape):
    images = np.empty((5, *shape), np.uint8)
    images[:] = np.arange(50, 100, 10, dtype=np.uint8)[:, None, None, None]
    grid = compute_samples(LABELS, range(3), shape)
    picture = draw_samples(images, grid, (1, 2, 3))
    assert picture.shape == (*grid.layout.shape, 3)
    for position, row in enumerate(grid.rows.reshape(-1)):
        top, left = grid.layout.corner(position)
        tile = picture[top : top + grid.layout.height, left : left + grid.layout.width]
        assert np.array_equal(np.unique(tile.reshape(-1, 3), axis=0), [[1, 2, 3]] if row < 0 else [[50 + 10 * row] * 3])


def test_class_counts_are_stacked_by_split():
    counts = compute_class_counts((LABELS, LABELS[:1], LABELS[:0]), 3)
    assert [part.tolist() for part in counts] == [[2, 3, 0], [1, 0, 0], [0, 0, 0]]
    figure = plot_class_counts(counts, ("a", "<b>", "a very long name indeed"))
    assert [bar.name for bar in figure.data] == ["training", "validation", "test"]
    assert figure.layout.yaxis.ticktext == ("a", "&lt;b&gt;", "a very long nam…")


def test_region_stays_inside_the_image():
    channel = np.arange(400, dtype=np.uint16).reshape(20, 20).astype(np.uint8)
    region = compute_region(channel, 19, 3)
    assert (region.top, region.left, region.values.shape) == (4, 3, (16, 16))
    assert np.array_equal(region.values, channel[4:, 3:19])
    assert plot_pixels(region).data[0].y[0] == 4
    assert compute_region(channel[:5, :7], 3, 3).values.shape == (5, 7)


def test_channels_add_up_to_the_image():
    image = np.random.default_rng(0).integers(0, 256, (4, 5, 3), np.uint8)
    assert np.array_equal(sum(split_channels(image)), image)


def test_enlarged_image_is_framed_where_numbers_are_shown():
    image = np.zeros((20, 20, 1), np.uint8)
    assert not mark_region(image[:5, :5], compute_region(image[:5, :5, 0], 0, 0), 4).any()
    marked = mark_region(image, compute_region(image[:, :, 0], 2, 3), 4).any(axis=2)
    assert enlarge(image, 4).shape == (80, 80, 1)
    assert (np.argwhere(marked).min(axis=0).tolist(), np.argwhere(marked).max(axis=0).tolist()) == ([8, 12], [71, 75])


def test_pages_of_a_class_follow_each_other():
    rows = np.arange(100, 225)
    pages = [compute_page(rows, page, (28, 28, 1)).rows for page in (1, 2, 3)]
    assert [page.shape for page in pages] == [(6, 10), (6, 10), (1, 10)]
    assert np.array_equal(np.concatenate(pages).reshape(-1)[:125], rows)
    assert pages[2][0, 5:].tolist() == [-1] * 5


class OnlyRows:
    """Images that can be had only a few at a time, as those of a large set."""

    def __init__(self, images):
        self._images, self.shape, self.most = images, images.shape, 0

    def __getitem__(self, rows):
        self.most = max(self.most, len(rows))
        return self._images[rows]


@pytest.mark.parametrize("shape", [(5, 4, 1), (6, 8, 3)])
def test_mean_images_are_the_rounded_means(shape):
    random = np.random.default_rng(0)
    images, labels = random.integers(0, 256, (300, *shape), np.uint8), random.integers(0, 4, 300).astype(np.int32)
    means = compute_mean_images(OnlyRows(images), labels, [3, 1])
    assert (means.dtype, means.shape) == (np.uint8, (2, *shape))
    for mean, label in zip(means, (3, 1), strict=True):
        assert np.array_equal(mean, images[labels == label].mean(axis=0).round())


def test_mean_images_of_large_images_read_few_at_a_time():
    images = OnlyRows(np.zeros((100, 256, 256, 3), np.uint8))
    compute_mean_images(images, np.zeros(100, np.int32), [0])
    assert images.most * 256 * 256 * 3 <= 2**23
    assert images_per_class((28, 28, 1), 10) == MOST_PER_CLASS
    assert images_per_class((1024, 1024, 3), 20) == 8


def test_mean_of_a_large_class_is_of_images_from_all_of_it():
    images = np.zeros((2 * MOST_PER_CLASS, 1, 1, 1), np.uint8)
    images[MOST_PER_CLASS:] = 200
    assert compute_mean_images(images, np.zeros(len(images), np.int32), [0]).item() == 100


def test_values_are_counted_by_channel():
    image = np.zeros((4, 4, 3), np.uint8)
    image[:2, :, 1], image[0, 0, 2] = 255, 9
    counts = compute_value_counts(image)
    assert counts.sum(axis=1).tolist() == [16, 16, 16]
    assert (counts[0, 0], counts[1, 0], counts[1, -1], counts[2, 1]) == (16, 8, 8, 1)
    assert [line.name for line in plot_value_counts(counts).data] == ["red", "green", "blue"]
    assert [line.name for line in plot_value_counts(counts[:1]).data] == ["grey"]


def test_sizes_much_alike_are_counted_together():
    sizes = np.array([[100, 200], [101, 201], [102, 199], [3000, 4000]], np.int32)
    found = compute_size_counts(sizes)
    assert found.sizes.tolist() == [[101, 200], [3000, 4000]]
    assert found.counts.tolist() == [3, 1]
    figure = plot_size_counts(found, (64, 32))
    assert figure.data[0].x.tolist() == [200, 4000]
    assert (figure.data[1].x.tolist(), figure.data[1].y.tolist()) == ([32], [64])


def test_shapes_are_counted_from_upright_to_wide():
    found = compute_ratio_counts(np.array([[200, 100], [50, 50], [99, 100], [100, 200]], np.int32))
    assert found.counts.sum() == 4
    assert found.counts[[0, len(found.counts) // 2, -1]].tolist() == [1, 2, 1]
    assert np.allclose(found.ratios[[0, len(found.ratios) // 2, -1]], [0.5, 1, 2])
    assert plot_ratio_counts(found).data[0].y.sum() == 4


def test_one_size_alone_is_drawn():
    sizes = np.full((3, 2), 1, np.int32)
    assert plot_size_counts(compute_size_counts(sizes), (8, 8)).data[0].marker.size.tolist() == [3]
    assert plot_ratio_counts(compute_ratio_counts(sizes)).data[0].y.tolist() == [3]
