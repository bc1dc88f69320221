"""Images in shards: the same pixels whether they are kept raw or as files, and read like one array."""

import io
import threading

import numpy as np
import pytest
from PIL import Image

from cnnapp import datasets, runs
from cnnapp.datasets import store
from cnnapp.datasets.shards import FileShards, RawShards, ShardedImages
from cnnapp.datasets.sources import plan, reading
from cnnapp.errors import CnnAppError
from cnnapp.images import Preprocess
from cnnapp.jobs import JobFolder
from tests.kit.image_trees import as_folder, as_tar, as_zip, classes, pixels, take

pytestmark = pytest.mark.workers


def photo(seed, shape=(300, 200, 3)):
    """A JPEG of something smooth, much smaller than its pixels."""
    small = pixels(seed, (6, 4, 3))
    buffer = io.BytesIO()
    Image.fromarray(small).resize(shape[1::-1], Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def photos(each=10):
    return {
        f"{name}/{seed + start}.jpg": photo(seed + start)
        for start, name in ((0, "ant"), (100, "bee"))
        for seed in range(each)
    }


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(plan, "PART_FILES", 3)


@pytest.fixture
def as_files(monkeypatch, small_parts):
    """Imports keep files, as where raw pixels would not fit."""
    monkeypatch.setattr(plan, "FREE_SHARE", 0.0)


def everything(dataset):
    return {name: np.asarray(split.images[:]) for name, split in dataset.splits.items()}


@pytest.mark.parametrize("write", [as_folder, as_zip, as_tar])
def test_files_give_the_pixels_of_a_raw_import(home, tmp_path, small_parts, monkeypatch, write):
    files = photos() | classes("ant", "bee", shape=(64, 64, 3)) | {"ant/broken.jpg": photo(7)[:200]}
    raw = take(write(tmp_path / "given", files), size=32)
    kept, labels, names = everything(raw), raw.train.labels, list(raw.train.facts.files)
    monkeypatch.setattr(plan, "FREE_SHARE", 0.0)
    encoded = take(tmp_path / "given", size=32)
    assert (raw.manifest.encoding, encoded.manifest.encoding) == ("raw", "files")
    assert all(np.array_equal(images, kept[name]) for name, images in everything(encoded).items())
    assert np.array_equal(encoded.train.labels, labels)
    assert list(encoded.train.facts.files) == names
    assert encoded.manifest.skipped == raw.manifest.skipped


@pytest.mark.parametrize("channels", [1, 3])
def test_the_smaller_of_the_own_file_and_a_lossless_one_is_kept(home, tmp_path, as_files, channels):
    files = photos(4) if channels == 3 else classes("ant", "bee", shape=(200, 160, 1))
    taken = take(as_folder(tmp_path / "given", files), size=64)
    stored = sum(a.shape[0] for name, a in taken.manifest.arrays.items() if name in taken.manifest.shards)
    assert stored <= sum(len(data) for data in files.values())
    assert stored <= 8 * 64 * 64 * channels
    assert taken.preprocess.image_shape == (64, 64, channels)


def test_grey_sets_of_ink_are_read_as_they_were_imported(home, tmp_path, as_files):
    ink = {f"{label}/{n}.png": png_of_ink(10 * label + n) for label in range(2) for n in range(30)}
    taken = take(as_folder(tmp_path / "given", ink), ink=True)
    assert taken.preprocess.ink is not None
    for row, file in enumerate(taken.train.facts.files):
        assert np.array_equal(taken.train.images[row][..., 0], np.asarray(Image.open(io.BytesIO(ink[file]))))


def png_of_ink(seed):
    canvas = np.zeros((28, 28), np.uint8)
    canvas[4:24, 10 + seed % 5 : 14 + seed % 5] = 255
    buffer = io.BytesIO()
    Image.fromarray(canvas).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["raw", "files"])
def test_images_are_indexed_like_one_array(tmp_path, encoding):
    images = np.stack([pixels(seed, (8, 9, 3)) for seed in range(7)])
    lazy = ShardedImages(sharded(tmp_path, images, encoding), np.array([6, 0, 3, 2, 5]))
    whole = images[[6, 0, 3, 2, 5]]
    assert (lazy.shape, lazy.dtype, len(lazy)) == (whole.shape, np.uint8, 5)
    picks = [0, -1, np.int64(3), slice(None), slice(1, 4), slice(None, None, -2), np.array([4, 0, 0]), [2, 1]]
    for index in [*picks, np.array([True, False, True, False, False]), np.array([], np.int64), slice(0, 0)]:
        assert np.array_equal(lazy[index], whole[index])
        assert lazy[index].shape == whole[index].shape
    with pytest.raises(IndexError):
        lazy[5]


def sharded(folder, images, encoding):
    """Images in shards of 3, 0 and 4."""
    pieces, paths = (images[:3], images[:0], images[3:]), [folder / f"{number}.npy" for number in range(3)]
    if encoding == "raw":
        for path, piece in zip(paths, pieces, strict=True):
            np.save(path, piece)
        return RawShards(paths, [3, 0, 4], images.shape[1:])
    encoded = [[png_of(image) for image in piece] for piece in pieces]
    for path, piece in zip(paths, encoded, strict=True):
        np.save(path, np.frombuffer(b"".join(piece), np.uint8))
    ends = np.cumsum([len(data) for piece in encoded for data in piece])
    sizes = [sum(map(len, piece)) for piece in encoded]
    return FileShards(paths, sizes, ends, Preprocess(image_shape=images.shape[1:]))


def png_of(image):
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


def test_shards_are_read_from_many_threads(tmp_path):
    images = np.stack([pixels(seed, (8, 9, 3)) for seed in range(7)])
    lazy = ShardedImages(sharded(tmp_path, images, "files"), np.arange(7))
    wrong = []
    threads = [
        threading.Thread(target=lambda: wrong.extend([] if np.array_equal(lazy[:], images) else [1])) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_raw_pixels_that_would_be_more_than_allowed_are_kept_as_files(home, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNAPP_MAX_DATASET_MB", "1")
    store.settings.cache_clear()
    taken = take(as_folder(tmp_path / "given", photos(6)), size=256)
    assert taken.manifest.encoding == "files"
    assert taken.train.images[0].shape == (256, 256, 3)


def test_a_set_that_is_too_large_either_way_is_refused(home, tmp_path, monkeypatch, small_parts):
    monkeypatch.setenv("CNNAPP_MAX_DATASET_MB", "1")
    store.settings.cache_clear()
    noise = classes("ant", "bee", each=6, shape=(300, 300, 3))
    with pytest.raises(CnnAppError, match=r"CNNAPP_MAX_DATASET_MB.*choose a smaller size"):
        take(as_folder(tmp_path / "given", noise), size=300)
    assert not store.is_stored("taken")


def test_a_damaged_file_in_a_shard_is_told(home, tmp_path, as_files):
    taken = take(as_folder(tmp_path / "given", photos(4)), size=32)
    path = store.folder_of("taken") / taken.manifest.shards[0]
    data = bytearray(path.read_bytes())
    data[200:] = bytes(len(data) - 200)
    path.write_bytes(data)
    with pytest.raises(CnnAppError, match="damaged"):
        datasets.load("taken").train.images[:]


def test_rows_beyond_the_shards_are_damage(home, tmp_path):
    take(as_folder(tmp_path / "given", photos(4)), size=32)
    path = store.folder_of("taken") / "train_rows.npy"
    rows = np.load(path)
    np.save(path, rows + len(rows) + 100)
    with pytest.raises(CnnAppError, match="do not fit"):
        datasets.load("taken")


def test_processes_give_what_threads_give(home, tmp_path, small_parts, monkeypatch):
    source = as_folder(tmp_path / "given", photos() | {"ant/broken.jpg": photo(7)[:200], "bee/notes.txt": b"notes"})
    alone = take(source, size=32)
    monkeypatch.setattr(reading, "FILES_PER_PROCESS", 5)
    monkeypatch.setattr(reading.os, "sched_getaffinity", lambda _: {0, 1})
    together = take(source, size=32)
    assert together.digest == alone.digest
    assert together.manifest.skipped == alone.manifest.skipped
    assert list(together.train.facts.files) == list(alone.train.facts.files)


def test_processes_find_a_coloured_image_in_a_set_taken_for_grey(home, tmp_path, small_parts, monkeypatch):
    monkeypatch.setattr(reading, "FILES_PER_PROCESS", 20)
    monkeypatch.setattr(reading.os, "sched_getaffinity", lambda _: {0, 1})
    files = classes("ant", "bee", each=40, shape=(12, 10, 1)) | {"bee/z.jpg": photo(1)}
    assert take(as_folder(tmp_path / "given", files)).manifest.image_shape[2] == 3


@pytest.mark.keras
@pytest.mark.parametrize("encoding", ["raw", "files"])
def test_images_that_are_read_ahead_are_those_that_were_asked_for(home, tmp_path, small_parts, monkeypatch, encoding):
    from cnnapp.training import ahead, source

    monkeypatch.setattr(plan, "FREE_SHARE", 0.9 if encoding == "raw" else 0.0)
    taken = take(as_folder(tmp_path / "given", photos()), size=32)
    monkeypatch.setattr(source, "RESIDENT_BYTES", 0)
    monkeypatch.setattr(source, "CHUNK_BYTES", 5 * 32 * 32 * 3)
    monkeypatch.setattr(ahead, "PIECE_BYTES", 3 * 32 * 32 * 3)
    rows = np.arange(len(taken.train.labels))
    read = source.Source(taken.train.images, taken.train.labels, rows)
    order = source.epoch_order(len(rows), seed=1, epoch=0)
    read.read_ahead(order)
    for part in (order[:2], order[2:9], order[9:]):
        assert np.array_equal(read.take(part).images.numpy(), taken.train.images[part])
    assert np.array_equal(read.take(rows[:3]).images.numpy(), taken.train.images[:3])  # not what was announced
    chunks = [chunk.images.numpy() for chunk in read.chunks()]
    assert max(map(len, chunks)) == 5
    assert np.array_equal(np.concatenate(chunks), taken.train.images[:])


@pytest.mark.keras
def test_a_failure_while_reading_ahead_is_raised_where_the_images_are_taken(home, tmp_path, as_files, monkeypatch):
    from cnnapp.training import source

    taken = take(as_folder(tmp_path / "given", photos(4)), size=32)
    monkeypatch.setattr(source, "RESIDENT_BYTES", 0)
    read = source.Source(taken.train.images, taken.train.labels, np.arange(len(taken.train.labels)))
    for name in taken.manifest.shards:
        path = store.folder_of("taken") / name
        path.write_bytes(path.read_bytes()[:128] + bytes(path.stat().st_size - 128))
    order = np.arange(4)
    read.read_ahead(order)
    with pytest.raises(CnnAppError, match="damaged"):
        read.take(order)


@pytest.mark.keras
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Keras' own, while it saves
def test_training_from_files_gives_the_weights_of_training_from_raw_pixels(home, tmp_path, small_parts, monkeypatch):
    from cnnapp.recipes import AUGMENTATION_PRESETS
    from cnnapp.runs import RunFolder
    from cnnapp.training import ahead, source
    from cnnapp.training.device import Device
    from cnnapp.training.loop import Trainer

    monkeypatch.setattr(source, "RESIDENT_BYTES", 0)  # so that the images are read as they are needed
    monkeypatch.setattr(ahead, "PIECE_BYTES", 7 * 32 * 32 * 3)
    given = as_folder(tmp_path / "given", photos(12))
    device, weights = Device("CPU", gpu=False, intra_op_threads=1), []
    for share, encoding in ((0.9, "raw"), (0.0, "files")):
        monkeypatch.setattr(plan, "FREE_SHARE", share)
        taken = take(given, size=32)
        assert taken.manifest.encoding == encoding
        settings = {"epochs": 2, "batch_size": 4, "augmentation": AUGMENTATION_PRESETS["food"]}
        config = runs.configure("taken", "lenet5", **settings)
        folder = RunFolder(new_run(tmp_path / encoding, config))
        trainer = Trainer(folder, taken, device)
        trainer.run()
        weights.append(trainer.model.get_weights())
    assert all(np.array_equal(one, other) for one, other in zip(*weights, strict=True))


def new_run(folder, config):
    """A run's folder as `runs.submit` makes it, without its worker."""
    folder.mkdir()
    (folder / "config.json").write_text(config.model_dump_json())
    JobFolder(folder).create_state()
    return folder
