import shutil
from pathlib import Path

import pytest

from cnnapp import architectures, runs
from cnnapp.ui import pages
from tests.kit.app_pages import open_page, words
from tests.kit.trained_library import Trained, use
from tests.kit.written_runs import write_run

LAYERS = architectures.trace(architectures.get("lenet5").layers((32, 32, 1), 10), (32, 32, 1))
needs_host = pytest.mark.keras


@pytest.mark.parametrize("page", [pages.FEATURE_MAPS, pages.FILTERS])
def test_an_empty_library_says_what_is_missing_and_where_to_get_it(home: Path, page: str) -> None:
    app = open_page(page)
    assert "No trained network yet" in words(app)
    assert not app.error


@pytest.mark.parametrize("page", [pages.FEATURE_MAPS, pages.FILTERS])
def test_a_run_without_weights_says_what_to_wait_for(home: Path, page: str) -> None:
    runs.enqueue(runs.configure("digits", "lenet5"))
    assert "no trained weights yet" in words(open_page(page))


def test_the_newest_run_that_has_learned_something_is_looked_into_first(home: Path) -> None:
    learned = write_run("stopped", epochs=2)
    runs.enqueue(runs.configure("digits", "lenet5"))
    app = open_page(pages.FEATURE_MAPS)
    assert next(box for box in app.selectbox if box.label == "Run").value == learned


@needs_host
def test_the_first_convolution_opens_with_what_the_network_says(trained: Trained) -> None:
    app = open_page(pages.FEATURE_MAPS, run=trained.run)
    assert app.subheader[0].value == "conv1 — 6 maps of 28 × 28"
    assert app.metric[0].label == "The network says"
    assert app.metric[0].value in "0123456789"
    assert "each value sees 5 × 5 pixels" in words(app)
    assert not app.error


@needs_host
@pytest.mark.parametrize("layer", [row.name for row in LAYERS])
def test_every_layer_can_be_opened_by_its_address(trained: Trained, layer: str) -> None:
    app = open_page(pages.FEATURE_MAPS, run=trained.run, layer=layer, channel=5, image=3)
    assert app.subheader[0].value.startswith(f"{layer} — ")
    assert not app.error
    assert app.number_input(key="image").value == 3


@needs_host
def test_an_address_beyond_the_network_shows_what_is_there(trained: Trained) -> None:
    app = open_page(pages.FEATURE_MAPS, run=trained.run, layer="conv9", channel=5000, image=5000)
    assert app.subheader[0].value.startswith("conv1")
    assert not app.error


@needs_host
def test_the_chosen_map_is_told_in_numbers(trained: Trained) -> None:
    app = open_page(pages.FEATURE_MAPS, run=trained.run, layer="conv2")
    app.number_input(key="channel").set_value(9).run()
    assert "**Map 9**, 10 × 10 values" in words(app)
    assert "% zeros" in words(app)
    app.selectbox(key="sort").select("by activity").run()
    app.selectbox(key="contrast").select("same for all").run()
    assert "**Map 9**" in words(app)
    assert not app.error


@needs_host
def test_an_own_picture_is_looked_at_as_the_network_sees_it(trained: Trained) -> None:
    app = open_page(pages.FEATURE_MAPS, run=trained.run)
    app.segmented_control(key="image_source").set_value("Your own").run()
    assert not app.metric
    drawing = Path(__file__).parents[2] / "kit" / "drawn_digits" / "3_marker.png"
    app.file_uploader[0].set_value((drawing.name, drawing.read_bytes(), "image/png")).run()
    assert app.metric[0].value == "3"
    assert "inverted" in words(app)


@needs_host
def test_a_file_that_is_no_picture_gives_one_sentence(trained: Trained) -> None:
    app = open_page(pages.FEATURE_MAPS, run=trained.run)
    app.segmented_control(key="image_source").set_value("Your own").run()
    app.file_uploader[0].set_value(("notes.png", b"not a picture", "image/png")).run()
    assert "notes" in app.error[0].value
    assert not app.exception


@needs_host
def test_the_newest_epoch_is_read_from_the_checkpoint(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "library"
    shutil.copytree(trained.home, home)
    use(home, monkeypatch)
    runs.find(trained.run).model_path.unlink()  # as when a run is stopped before its first model is saved
    for page in (pages.FEATURE_MAPS, pages.FILTERS):
        app = open_page(page, run=trained.run)
        assert app.subheader[0].value.startswith("conv1")
        assert not app.error


@needs_host
@pytest.mark.parametrize(
    ("layer", "headline"),
    [
        ("conv1", "conv1 — 6 kernels of 5 × 5 × 1"),
        ("conv2", "conv2 — 16 kernels of 5 × 5 × 6"),
        ("dense1", "dense1 — 120 kernels of 5 × 5 × 16"),
        ("dense2", "dense2 — weights of 120 inputs for 84 units"),
    ],
)
def test_each_layer_s_filters_are_shown_with_their_numbers(trained: Trained, layer: str, headline: str) -> None:
    app = open_page(pages.FILTERS, run=trained.run, layer=layer)
    assert app.subheader[0].value == headline
    assert "**Bias**" in words(app)
    assert not app.error


@needs_host
def test_the_layer_that_is_looked_at_stays_from_page_to_page(trained: Trained) -> None:
    app = open_page(pages.FEATURE_MAPS, run=trained.run, layer="conv2")
    app.switch_page(pages.FILTERS).run()
    assert app.subheader[0].value.startswith("conv2 —")
    next(box for box in app.get("button_group") if box.label == "Layer").set_value("dense1").run()
    app.switch_page(pages.FEATURE_MAPS).run()
    assert app.subheader[0].value.startswith("dense1 —")
    assert not app.exception


@needs_host
def test_a_kernel_s_numbers_are_those_of_its_input_map(trained: Trained) -> None:
    app = open_page(pages.FILTERS, run=trained.run, layer="conv2", kernel=2, input=1)
    shown = app.dataframe[0].value.to_numpy()
    assert shown.shape == (5, 5)
    app.number_input(key="input").set_value(2).run()
    assert (app.dataframe[0].value.to_numpy() != shown).any()
    assert "**Kernel 2**, input 2" in words(app)
