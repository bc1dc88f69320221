import io

import numpy as np
import pytest
from PIL import Image

from cnnapp import datasets
from cnnapp.datasets import store
from cnnapp.datasets.facts import FileFacts, ImageFacts, Texts
from cnnapp.errors import CnnAppError
from tests.kit.image_trees import as_folder, as_zip, classes, pixels, png, take

HOSTILE = [
    "",
    "a\nb\r\n",
    "\"quoted', \\back",
    "tab\t\0nul",
    "\u202eright to left",
    "caf\u00e9/\U0001f41c.png",
    "x" * 5000,
]


def see_through(seed):
    buffer = io.BytesIO()
    Image.fromarray(pixels(seed, (30, 20, 4))).save(buffer, "PNG")
    return buffer.getvalue()


def facts_by_file(dataset):
    """{file: (size, bytes, conversions)} of all splits."""
    return {
        file: (tuple(split.facts.sizes[row]), int(split.facts.bytes[row]), split.facts.conversions(row))
        for split in (dataset.train, dataset.test)
        for row, file in enumerate(split.facts.files)
    }


def test_strings_of_any_kind_come_back(tmp_path):
    texts = Texts.of(HOSTILE)
    assert list(texts) == HOSTILE
    assert [texts[row] for row in range(len(HOSTILE))] == HOSTILE
    assert texts[-1] == HOSTILE[-1]
    assert texts[1:3] == HOSTILE[1:3]
    with pytest.raises(IndexError):
        texts[len(HOSTILE)]


def test_surrogates_do_not_stop_the_rest():
    assert list(Texts.of(["ant/\udcff.png", "bee"])) == ["ant/?.png", "bee"]


def test_facts_are_stored_and_read(tmp_path):
    files = [FileFacts(name, (row, 2 * row), 10**10 + row, ()) for row, name in enumerate(HOSTILE)]
    files[2] = files[2]._replace(conversions=("rotated", "alpha flattened"))
    ImageFacts.of(files).write(tmp_path / "facts.npz")
    facts = ImageFacts.read(tmp_path / "facts.npz")
    assert list(facts.files) == HOSTILE
    assert facts.sizes.dtype == np.int32
    assert facts.sizes.tolist() == [[row, 2 * row] for row in range(len(HOSTILE))]
    assert facts.bytes.tolist() == [10**10 + row for row in range(len(HOSTILE))]
    assert facts.conversions(2) == ("alpha flattened", "rotated")
    assert facts.conversions(0) == ()
    some = facts.take(np.array([5, 2]))
    assert (some.files[1], some.conversions(1), some.sizes[0].tolist()) == (HOSTILE[2], facts.conversions(2), [5, 10])


def test_facts_of_no_images_are_empty(tmp_path):
    ImageFacts.of([]).write(tmp_path / "facts.npz")
    facts = ImageFacts.read(tmp_path / "facts.npz")
    assert (len(facts), list(facts.files), facts.sizes.shape, facts.converted.shape) == (0, [], (0, 2), (0, 0))


def test_facts_of_100000_images_stay_small(tmp_path):
    path = tmp_path / "facts.npz"
    files = [FileFacts(f"photos/class/{row:08}.jpg", (480, 640), 50_000, ()) for row in range(100_000)]
    ImageFacts.of(files).write(path)
    assert path.stat().st_size < 2e6
    assert ImageFacts.read(path).files[99_999] == "photos/class/00099999.jpg"


@pytest.mark.parametrize("write", [as_folder, as_zip])
def test_an_import_keeps_what_is_known_of_each_file(home, tmp_path, write):
    files = classes("ant", "bee", shape=(40, 30, 3)) | {
        "ant/see-through.png": see_through(5),
        "bee/cut.png": png(9)[:80],
    }
    taken = take(write(tmp_path / "given", files))
    facts = facts_by_file(taken)
    assert facts.keys() == files.keys() - {"bee/cut.png"}
    assert facts["ant/see-through.png"] == ((30, 20), len(files["ant/see-through.png"]), ("alpha flattened",))
    assert facts["bee/0.png"] == ((40, 30), len(files["bee/0.png"]), ())
    assert taken.manifest.converted == {"alpha flattened": 1}


def test_facts_stand_at_the_rows_of_their_images(home, tmp_path):
    files = classes("ant", "bee", each=10)
    taken = take(as_folder(tmp_path / "given", files))
    for split in (taken.train, taken.test):
        for row, file in enumerate(split.facts.files):
            assert np.array_equal(np.asarray(Image.open(io.BytesIO(files[file]))), split.images[row])


def test_turned_pictures_have_their_upright_size(home, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    Image.fromarray(pixels(5, (40, 30, 3))).save(buffer, "JPEG", exif=exif)
    taken = take(as_folder(tmp_path / "given", classes("ant", "bee") | {"ant/turned.jpg": buffer.getvalue()}))
    assert facts_by_file(taken)["ant/turned.jpg"] == ((30, 40), len(buffer.getvalue()), ("rotated",))


def test_names_with_line_breaks_and_surrogates_become_plain_text(home, tmp_path):
    source = as_folder(tmp_path / "given", classes("ant", "bee"))
    (source / "ant" / "\udcff\n\"'.png").write_bytes(png(99))
    assert "ant/?\ufffd\"'.png" in facts_by_file(take(source))


def test_arrays_have_no_facts(home):
    assert datasets.ensure("x_or_o").train.facts is None


def test_the_digest_does_not_depend_on_the_files_names(home, tmp_path):
    files = classes("ant", "bee")
    first = take(as_folder(tmp_path / "one", files)).digest
    renamed = {name.replace("/", "/photo-"): data for name, data in files.items()}
    assert take(as_folder(tmp_path / "other", renamed)).digest == first


def test_damaged_facts_are_told(home, tmp_path):
    taken = take(as_folder(tmp_path / "given", classes("ant", "bee")))
    path = store.folder_of("taken") / "train_facts.npz"
    path.write_bytes(bytes(path.stat().st_size))
    with pytest.raises(CnnAppError, match=r"train_facts\.npz cannot be read"):
        _ = datasets.load("taken").train.facts
    with pytest.raises(CnnAppError, match="does not match its digest"):
        store.verify(taken)
    path.unlink()
    with pytest.raises(CnnAppError, match="is missing"):
        datasets.load("taken")
