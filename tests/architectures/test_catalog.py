import pytest
from pydantic import TypeAdapter, ValidationError

from cnnapp import architectures
from cnnapp.architectures import LayerSpec
from cnnapp.architectures.layers import Conv2D, Dense, Flatten, Pooling, Rescaling
from cnnapp.errors import CnnAppError

every_row = pytest.mark.parametrize("network", architectures.catalog(), ids=lambda row: row.key)
LENET = architectures.get("lenet5").layers((28, 28, 1), 10)


def totals(key, image_shape, classes=10):
    layers = architectures.get(key).layers(image_shape, classes)
    return architectures.totals(architectures.trace(layers, image_shape))


def test_lenet_has_the_numbers_of_the_text_books():
    assert totals("lenet5", (28, 28, 1)) == totals("lenet5", (32, 32, 1)) == (61_706, 61_706, 416_520, (14, 14))


def test_first_cnn_at_256_pixels_has_the_66_million_parameters_that_its_note_warns_of():
    assert totals("first_cnn", (256, 256, 3), 2).parameters == 66_065_537
    assert "66 million" in architectures.get("first_cnn").input_note


def test_a_row_says_what_its_layer_does_and_costs():
    rows = architectures.trace(LENET, (28, 28, 1))
    assert [row.name for row in rows] == [
        "rescaling", "conv1", "pool1", "conv2", "pool2", "flatten", "dense1", "dense2", "softmax",
    ]  # fmt: skip
    assert rows[1] == (
        "conv1", "conv2d", (28, 28, 6), 156, 156, "5·5·1·6 + 6", 117_600, (5, 5), "5×5 'same' with ReLU",
    )  # fmt: skip
    assert [rows[place].settings for place in (0, 2, 5, 8)] == ["÷ 255", "2×2 maximum", "", "with softmax"]
    assert rows[4].receptive_field == (16, 16)
    assert rows[6].receptive_field is None
    assert rows[6].formula == "400·120 + 120"


@every_row
def test_formulas_give_the_parameters(network):
    rows = architectures.trace(network.layers((64, 64, 3), 10), (64, 64, 3))
    assert [eval(row.formula.replace("·", "*") or "0") for row in rows] == [row.parameters for row in rows]  # noqa: S307


@every_row
def test_pixels_are_rescaled_first_and_classes_decided_last(network):
    for classes in (2, 3, 101):
        layers = network.layers((32, 32, 3), classes)
        assert layers[0] == Rescaling(name="rescaling")
        assert layers[-1].activation == layers[-1].name
        units = architectures.trace(layers, (32, 32, 3))[-1].output_shape
        assert units == ((1,) if layers[-1].name == "sigmoid" else (classes,))


def test_only_first_cnn_decides_between_two_classes_with_one_sigmoid_unit():
    sigmoid = {row.key for row in architectures.catalog() if row.layers((32, 32, 3), 2)[-1].name == "sigmoid"}
    assert sigmoid == {"first_cnn"}


@every_row
def test_layers_survive_json(network):
    layers = network.layers((40, 32, 1), 4)
    adapter = TypeAdapter(tuple[LayerSpec, ...])
    assert adapter.validate_json(adapter.dump_json(layers)) == layers


@every_row
def test_every_row_tells_its_story(network):
    assert architectures.get(network.key) is network
    assert all((network.title, network.summary, network.story, network.source, network.known_result))
    assert all((network.input_note, network.recipe.epochs))


def test_tf_cifar10_says_and_mends_its_two_slips():
    network = architectures.get("tf_cifar10")
    assert "1.46" in network.story
    kinds = [layer.kind for layer in network.layers((32, 32, 3), 10)]
    assert kinds.count("dropout") == 3
    assert kinds.count("activation") == 1


@pytest.mark.parametrize(
    ("key", "least"),
    [
        ("lenet5", 12),
        ("dense", 1),
        ("first_cnn", 4),
        ("food_classifier", 22),
        ("cifar10_batchnorm", 8),
        ("cifar10_augmented", 22),
        ("tf_cifar10", 8),
    ],
)
def test_images_too_small_are_refused_with_the_least_size(key, least):
    network = architectures.get(key)
    network.layers((least, least, 1), 10)
    network.layers((least, least + 50, 3), 10)
    if least > 1:
        with pytest.raises(CnnAppError, match=f"at least {least}×{least} pixels"):
            network.layers((least + 50, least - 1, 1), 10)


def test_the_refusal_names_the_layer_that_runs_out_of_pixels():
    with pytest.raises(CnnAppError, match="of 8×8 only 4×4 are left when conv2 wants 5×5: choose"):
        architectures.get("lenet5").layers((8, 8, 1), 10)


@pytest.mark.parametrize(
    "network", [row for row in architectures.catalog() if not row.key.startswith("fast")], ids=lambda row: row.key
)
def test_a_network_that_no_machine_holds_is_refused(network):
    with pytest.raises(CnnAppError, match=r"billion parameters"):
        network.layers((6000, 6000, 3), 10)


def test_fast_has_as_many_parameters_for_images_of_any_size_and_its_options_change_them():
    fast = architectures.get("fast")

    def count(image_shape, options=None):
        return architectures.totals(architectures.trace(fast.layers(image_shape, 10, options), image_shape)).parameters

    assert count((32, 32, 3)) == count((600, 400, 3)) == count((12, 12, 3))
    assert 490_000 < count((32, 32, 3)) < 510_000  # the half million of its note
    assert count((32, 32, 3), {"width": 64}) > 3 * count((32, 32, 3))
    assert count((32, 32, 3), {"depth": 3}) > count((32, 32, 3)) > count((32, 32, 3), {"depth": 1})


@pytest.mark.parametrize(
    ("network", "options", "words"),
    [
        ("fast", {"width": 65}, "Width must be one of 16, 24, .*, but is 65"),
        ("fast", {"height": 64}, "Fast has no option 'height': it has width, depth"),
        ("lenet5", {"width": 64}, "no option 'width': it has none"),
    ],
)
def test_an_option_that_there_is_not_is_refused_in_a_sentence(network, options, words):
    with pytest.raises(CnnAppError, match=words):
        architectures.get(network).layers((32, 32, 3), 10, options)


@every_row
def test_one_class_is_refused(network):
    with pytest.raises(CnnAppError, match="two classes or more"):
        network.layers((32, 32, 1), 1)


@every_row
def test_images_of_unknown_size_are_refused(network):
    with pytest.raises(CnnAppError, match="not known"):
        network.layers((0, 0, 0), 2)


def test_an_unknown_key_is_refused_with_the_known_ones():
    with pytest.raises(CnnAppError, match=r"'lenet6'.*lenet5, dense"):
        architectures.get("lenet6")


@pytest.mark.parametrize(
    ("layers", "sentence"),
    [
        ([Dense(name="dense1", units=2)], "put a flatten layer before it"),
        ([Flatten(name="flat"), Conv2D(name="conv1", filters=1)], "vector of 64 values"),
        ([Flatten(name="same"), Dense(name="same", units=2)], "same is used twice"),
        ([Conv2D(name="conv1", filters=2, kernel_size=9)], "at least 9×9 pixels but receives 8×8"),
        ([Pooling(name="pool1", pool_size=9)], "at least 9×9 pixels but receives 8×8"),
    ],
)
def test_layers_that_do_not_fit_together_are_refused_in_words(layers, sentence):
    with pytest.raises(CnnAppError, match=sentence):
        architectures.trace(layers, (8, 8, 1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "dense", "name": "d", "units": 1_000_001},
        {"kind": "dense", "name": "d", "units": 0},
        {"kind": "conv2d", "name": "c", "filters": 8, "kernel_size": 1000},
        {"kind": "conv2d", "name": "c", "filters": 8, "dilation": 2},
        {"kind": "dropout", "name": "d", "rate": 1.0},
        {"kind": "dropout", "name": "d", "rate": float("nan")},
        {"kind": "lambda", "name": "l"},
        {"kind": "flatten", "name": "../x"},
        {"kind": "flatten"},
    ],
)
def test_settings_out_of_bounds_are_refused(wrong):
    with pytest.raises(ValidationError):
        TypeAdapter(LayerSpec).validate_python(wrong)
