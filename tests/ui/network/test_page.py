import json

import pytest

from cnnapp import architectures
from cnnapp.ui import pages
from tests.kit.app_pages import open_page, words


@pytest.mark.parametrize("network", architectures.catalog(), ids=lambda row: row.key)
def test_every_network_is_shown_in_numbers(home, network):
    app = open_page(pages.ARCHITECTURE, dataset="digits", network=network.key)
    assert not app.error
    rows = architectures.trace(network.layers((32, 32, 1), 10), (32, 32, 1))
    table = app.dataframe[0].value
    assert list(table["layer"]) == [row.name for row in rows]
    assert list(table["parameters"]) == [row.parameters for row in rows]
    assert f'name="{rows[-1].name}"' in app.code[0].value


def test_lenet_is_told_as_in_the_wireframe(home):
    app = open_page(pages.ARCHITECTURE, dataset="digits", network="lenet5")
    assert "**61,706** parameters · **0.42 M** multiply-adds per image" in words(app)
    assert "sees **14×14** pixels at its last convolution" in words(app)
    assert "dense1 holds 78.0 % of the parameters" in words(app)


def test_the_drawing_shows_each_layer(home):
    app = open_page(pages.ARCHITECTURE, dataset="digits", network="lenet5")
    drawing = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert any("convolution 5×5 'valid' with ReLU" in trace.get("text", "") for trace in drawing["data"])


def test_images_too_small_give_one_sentence_and_the_story_stays(home):
    app = open_page(pages.ARCHITECTURE, dataset="digits-8", network="lenet5")
    assert "at least 12×12 pixels" in app.error[0].value
    assert "cheques" in words(app)
    assert not app.get("plotly_chart")


def test_choosing_another_network_shows_it(home):
    app = open_page(pages.ARCHITECTURE, dataset="digits", network="lenet5")
    app.selectbox[0].select("dense").run()
    assert not app.exception
    assert list(app.dataframe[0].value["layer"])[:2] == ["rescaling", "flatten"]
