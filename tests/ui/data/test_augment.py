"""The view "Augment" of the Data set page, the form it hands its settings to, and the picture of both."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnapp import datasets, runs
from cnnapp.figures.augmented import choose_examples, draw_augmented, mixed_labels, shrink_examples
from cnnapp.recipes import AUGMENTATION_PRESETS, Augmentation
from cnnapp.settings import settings
from cnnapp.ui import pages
from cnnapp.ui.data.augmentation_form import KINDS, OWN, PRESET_WORDS
from tests.kit.app_pages import open_page, press, visit, words


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the digits, prepared once: each test gets a copy."""
    home = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNAPP_HOME", str(home))
        settings.cache_clear()
        datasets.ensure("digits")
        folder = settings().datasets_dir / "digits"
    settings.cache_clear()
    return folder


@pytest.fixture
def app(home, prepared, monkeypatch) -> AppTest:
    monkeypatch.setattr("cnnapp.runs.submitting.schedule", list)  # no worker
    shutil.copytree(prepared, settings().datasets_dir / "digits")
    return open_page(pages.DATASET, dataset="digits", view="Augment")


def preset(app, prefix="augment digits"):
    return app.selectbox(key=f"{prefix}.preset")


def values(app, prefix):
    widgets = {widget.key: widget.value for widget in [*app.toggle, *app.slider]}
    return Augmentation(**{kind.name: widgets[f"{prefix}.{kind.name}"] for kind in KINDS})


def test_the_view_begins_with_what_suits_the_images(app):
    assert preset(app).value == "digits"
    assert values(app, "augment digits") == AUGMENTATION_PRESETS["digits"]
    assert "Rotation (degrees) 10, zoom 0.1, shift sideways 0.1, shift up and down 0.1." in words(app)
    assert "Training images only, never validation or test" in words(app)


def test_every_preset_has_words(app):
    assert preset(app).options == [PRESET_WORDS[name] for name in AUGMENTATION_PRESETS]


@pytest.mark.parametrize("name", AUGMENTATION_PRESETS)
def test_a_preset_fills_every_setting(app, name):
    app.slider(key="augment digits.mixup").set_value(0.5).run()
    preset(app).select(name).run()
    assert not app.exception
    assert values(app, "augment digits") == AUGMENTATION_PRESETS[name]
    assert preset(app).value == name


def test_other_settings_than_a_presets_are_ones_own(app):
    app.slider(key="augment digits.cutout").set_value(0.4).run()
    assert preset(app).value == OWN
    assert PRESET_WORDS[OWN] in preset(app).options
    app.slider(key="augment digits.cutout").set_value(0.0).run()
    assert preset(app).value == "digits"
    assert PRESET_WORDS[OWN] not in preset(app).options


def test_another_draw_has_another_seed_which_is_shown(app):
    assert "Drawn with seed 0." in words(app)
    press(app, "Another draw")
    assert "Drawn with seed 1." in words(app)


def picker(app, label):
    return next(box for box in app.selectbox if box.label == label)


def carry_some(app):
    """Try settings of no preset on digits and use them for training; return them."""
    preset(app).select("food").run()
    app.slider(key="augment digits.mixup").set_value(0.2).run()
    press(app, "Use these for training")
    return AUGMENTATION_PRESETS["food"].model_copy(update={"mixup": 0.2})


def test_what_is_set_goes_to_the_form_of_every_network_and_into_the_run(app):
    visit(app, pages.TRAIN)  # its form has been there before, with settings of its own
    app.slider(key="lenet5.zoom").set_value(0.5).run()
    visit(app, pages.DATASET)
    expected = carry_some(app)
    assert "The form of the Train page has these now for Handwritten digits, with every network." in words(app)
    visit(app, pages.TRAIN)
    assert values(app, "lenet5 on digits") == expected
    assert preset(app, "lenet5 on digits").value == OWN
    assert "These were chosen on the Data set page, for Handwritten digits." in words(app)
    assert "Differs from this network's recipe: augmentation." in words(app)
    picker(app, "Network").select("first_cnn").run()
    assert values(app, "first_cnn on digits") == expected
    press(app, "Start")
    assert runs.find(runs.list_runs()[0].run).config.recipe.augmentation == expected


def test_what_is_set_stays_with_the_data_set_it_was_tried_on(app):
    datasets.ensure("x_or_o")
    carry_some(app)
    visit(app, pages.TRAIN)
    picker(app, "Data set").select("x_or_o").run()
    assert values(app, "lenet5") == Augmentation()
    assert "These were chosen on" not in words(app)
    press(app, "Start")
    config = runs.find(runs.list_runs()[0].run).config
    assert (config.dataset, config.recipe.augmentation) == ("x_or_o", Augmentation())
    visit(app, pages.DATASET)
    assert values(app, "augment x_or_o") == AUGMENTATION_PRESETS["digits"]
    assert "The form of the Train page has these now" not in words(app)


def test_back_to_the_recipe_takes_back_what_was_set_for_the_data_set(app):
    carry_some(app)
    visit(app, pages.TRAIN)
    press(app, "Back to the recipe")
    assert values(app, "lenet5 on digits") == Augmentation()
    assert "Differs from this network's recipe" not in words(app)


def test_what_is_set_stays_when_the_page_is_left(app):
    preset(app).select("CIFAR-10 shown").run()
    visit(app, pages.TRAIN)
    assert values(app, "lenet5") == Augmentation()  # nothing is carried unasked
    visit(app, pages.DATASET)
    assert values(app, "augment digits") == AUGMENTATION_PRESETS["CIFAR-10 shown"]
    assert "The form of the Train page has these now" not in words(app)


def test_the_form_of_a_run_offers_presets_and_the_recipe_takes_them_back(app):
    visit(app, pages.TRAIN)
    assert preset(app, "lenet5").value == "none"
    preset(app, "lenet5").select("CIFAR-10 trained").run()
    assert values(app, "lenet5") == AUGMENTATION_PRESETS["CIFAR-10 trained"]
    press(app, "Back to the recipe")
    assert values(app, "lenet5") == Augmentation()
    assert preset(app, "lenet5").value == "none"


# The picture


def test_examples_are_of_as_many_classes_as_possible():
    labels = np.array([1, 1, 1, 0, 0, 2], np.int32)
    assert sorted(labels[choose_examples(labels, 3)]) == [0, 1, 2]
    assert len(set(choose_examples(labels, 5))) == 5
    assert len(choose_examples(labels[:2], 4)) == 2


@pytest.mark.parametrize("channels", [1, 3])
def test_each_row_is_an_original_and_its_draws(channels):
    random = np.random.default_rng(0)
    originals = random.integers(0, 256, (2, 5, 4, channels), np.uint8)
    draws = random.integers(0, 256, (3, 2, 5, 4, channels), np.uint8)
    picture, layout = draw_augmented(originals, draws)
    assert picture.shape == (2 * 5, 4 * 4, 3)
    assert (layout.rows, layout.columns) == (2, 4)
    assert (picture[5:10, :4] == originals[1]).all()
    assert (picture[:5, 12:] == draws[2, 0]).all()


def test_only_large_images_are_shown_smaller():
    images = np.random.default_rng(0).integers(0, 256, (2, 600, 400, 3), np.uint8)
    small = shrink_examples(images)
    assert small.shape == (2, 120, 80, 3)
    assert np.abs(small[0, 0, 0] - images[0, :5, :5].mean(axis=(0, 1))).max() <= 0.51
    assert np.array_equal(shrink_examples(images[:, :128, :99]), images[:, :128, :99])


def test_mixed_labels_name_the_larger_share_first():
    labels, shares = np.array([0, 1, 2], np.int32), np.array([0.7, 0.2, 1.0], np.float32)
    assert mixed_labels(("a", "b", "c"), labels, shares, 1) == ["a: 70 %\nc: 30 %", "a: 80 %\nb: 20 %", "c: 100 %"]
