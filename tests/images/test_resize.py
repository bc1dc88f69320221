import numpy as np
import pytest

from cnnapp.images import resize, to_channels


def picture(height: int, width: int, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(height * width).integers(0, 256, (height, width, channels), dtype=np.uint8)


@pytest.mark.parametrize("mode", ["stretch", "pad", "crop"])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(1, 1), (1, 900), (700, 2), (31, 33), (32, 32), (64, 48)])
def test_every_mode_gives_the_size_asked_for(mode, channels, size):
    pixels = picture(*size, channels)
    resized = resize(pixels, 32, 24, mode)
    assert resized.shape == (32, 24, channels)
    assert resized.dtype == np.uint8


@pytest.mark.parametrize("mode", ["stretch", "pad", "crop"])
def test_the_right_size_is_left_alone(mode):
    pixels = picture(32, 24)
    assert np.array_equal(resize(pixels, 32, 24, mode), pixels)


@pytest.mark.parametrize("mode", ["stretch", "pad", "crop"])
def test_one_colour_stays_that_colour(mode):
    resized = resize(np.full((50, 50, 3), 77, np.uint8), 20, 20, mode)
    assert (resized == 77).all()


def test_stretch_averages_fine_detail_instead_of_picking_pixels():
    stripes = np.zeros((64, 64, 1), np.uint8)
    stripes[:, ::2] = 255
    assert np.abs(resize(stripes, 8, 8, "stretch")[:, 1:-1].astype(int) - 127).max() < 16


def test_pad_keeps_the_whole_image_and_its_proportions():
    padded = resize(np.full((20, 40, 1), 200, np.uint8), 32, 32, "pad")[:, :, 0]
    assert (padded[8:24] == 200).all()
    assert not padded[:8].any()
    assert not padded[24:].any()


def test_crop_keeps_the_middle():
    halves = np.zeros((30, 90, 1), np.uint8)
    halves[:, 30:60] = 255
    assert (resize(halves, 15, 15, "crop") > 200).mean() > 0.9


def test_channels_there_and_back():
    grey = picture(6, 5, 1)
    assert np.array_equal(to_channels(to_channels(grey, 3), 1), grey)
    red = np.zeros((1, 1, 3), np.uint8)
    red[:, :, 0] = 255
    assert to_channels(red, 1).tolist() == [[[76]]]  # 0.299 of 255, ITU-R BT.601
