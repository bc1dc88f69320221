"""The tables of settings and optimisers: nothing is left out of them, and their words are fit to be shown."""

import pytest

from cnnapp.recipes import OPTIMIZERS, SCHEDULES, SETTINGS, Constant, EarlyStopping, Recipe, list_settings

MACHINE = {"smaller_batch_on_oom", "epoch_weights_mb"}  # what a machine can bear; "deterministic" changes the result


def test_every_setting_has_a_row_and_words_for_titles_if_it_changes_a_network():
    assert set(SETTINGS) == {*Recipe.model_fields, "seed"}
    assert {name for name in Recipe.model_fields if not SETTINGS[name].title} == MACHINE
    for row in SETTINGS.values():
        assert all(words(Recipe()) or words is row.fact for words in (row.title, row.fact) if words)


def test_every_setting_is_asked_for_in_a_place_of_its_own_or_in_a_form_of_its_own():
    places = {name: row.place for name, row in SETTINGS.items() if row.place}
    assert len(set(places.values())) == len(places)
    assert all(SETTINGS[name].control for name in places)
    assert set(SETTINGS) - set(places) == {"fine_tuning", "schedule", "early_stopping", "augmentation"}


@pytest.mark.parametrize("part", [EarlyStopping, *SCHEDULES.values()])
def test_every_setting_of_a_part_has_a_widget(part):
    rows = list_settings(part)
    assert set(rows) == set(part.model_fields) - {"kind"}
    assert rows or part is Constant
    assert all(row.control and row.label and row.help for row in rows.values())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimiser_has_options_that_a_recipe_has_and_rates_in_order(name):
    row = OPTIMIZERS[name]
    assert set(row.options) <= set(Recipe.model_fields)
    assert set(row.always_given) <= set(row.options)
    assert 0 < row.rates.low < row.rates.usual < row.rates.high <= 10
    assert Recipe(optimizer=name, learning_rate=0.01).optimizer_in_words == f"{row.title} 0.01"
