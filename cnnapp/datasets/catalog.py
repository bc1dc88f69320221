"""The data sets that the app knows, as rows: a new one is a row, and a module in sources/ if it is of a new kind."""

from cnnapp.datasets.catalog_row import CatalogRow
from cnnapp.datasets.sources import digits, keras_archives, shapes, url_archives, x_or_o
from cnnapp.images import InkRule

TEN_DIGITS = tuple("0123456789")

ROWS = (
    CatalogRow(
        name="digits",
        title="Handwritten digits",
        description="1,797 digits written by 43 people and scanned at 8×8 pixels (UCI; comes with scikit-learn).",
        source="bundled",
        image_shape=(32, 32, 1),
        class_names=TEN_DIGITS,
        train=1597,
        test=200,
        make=digits.make,
        ink=InkRule.for_digits(),
        sizes=(8,),
        listed_sizes=(8,),
    ),
    CatalogRow(
        name="x_or_o",
        title="X or O",
        description="Two letters drawn by the app: turned, thick and thin, with noise.",
        source="bundled",
        image_shape=(32, 32, 1),
        class_names=("O", "X"),
        train=1600,
        test=400,
        make=x_or_o.make,
        ink=InkRule(box=0.72, centring="box", stroke=0.1),
        sizes=tuple(range(8, 257)),
    ),
    CatalogRow(
        name="shapes",
        title="Coloured shapes",
        description="Circles, crosses, squares, stars and triangles of any colour on noisy grounds, drawn by the app.",
        source="bundled",
        image_shape=(32, 32, 3),
        class_names=("circle", "cross", "square", "star", "triangle"),
        train=4000,
        test=1000,
        make=shapes.make,
        sizes=tuple(range(16, 257)),
    ),
    CatalogRow(
        name="mnist",
        title="MNIST",
        description="70,000 handwritten digits at 28×28 pixels (LeCun, Cortes and Burges).",
        source="download",
        image_shape=(28, 28, 1),
        class_names=TEN_DIGITS,
        train=60_000,
        test=10_000,
        make=keras_archives.make,
        ink=InkRule.for_mnist(),
        download_bytes=11_490_434,
    ),
    CatalogRow(
        name="fashion_mnist",
        title="Fashion-MNIST",
        description="70,000 pieces of clothing at 28×28 pixels (Xiao, Rasul and Vollgraf 2017).",
        source="download",
        image_shape=(28, 28, 1),
        class_names=keras_archives.FASHION_NAMES,
        train=60_000,
        test=10_000,
        make=keras_archives.make,
        download_bytes=30_878_645,
    ),
    CatalogRow(
        name="cifar10",
        title="CIFAR-10",
        description="60,000 colour photos of ten kinds of things at 32×32 pixels (Krizhevsky 2009).",
        source="download",
        image_shape=(32, 32, 3),
        class_names=keras_archives.CIFAR10_NAMES,
        train=50_000,
        test=10_000,
        make=keras_archives.make,
        download_bytes=170_498_071,
    ),
    CatalogRow(
        name="cifar100",
        title="CIFAR-100",
        description="60,000 colour photos of a hundred kinds of things at 32×32 pixels (Krizhevsky 2009).",
        source="download",
        image_shape=(32, 32, 3),
        class_names=keras_archives.CIFAR100_NAMES,
        train=50_000,
        test=10_000,
        make=keras_archives.make,
        download_bytes=169_001_437,
    ),
    CatalogRow(
        name="cats_dogs",
        title="Cats and dogs",
        description="3,000 photos, a part of Asirra (Elson et al. 2007) as used in Google's courses, at 64×64 pixels.",
        source="download",
        image_shape=(64, 64, 3),
        class_names=("cats", "dogs"),
        train=2000,
        test=1000,
        make=url_archives.make,
        download_bytes=68_606_236,
        url="https://storage.googleapis.com/mledu-datasets/cats_and_dogs_filtered.zip",
    ),
    CatalogRow(
        name="flowers",
        title="Flowers",
        description="3,670 photos of five kinds of flowers, from TensorFlow's tutorials, at 64×64 pixels.",
        source="download",
        image_shape=(64, 64, 3),
        class_names=("daisy", "dandelion", "roses", "sunflowers", "tulips"),
        train=3120,
        test=550,
        make=url_archives.make,
        download_bytes=228_813_984,
        url="https://storage.googleapis.com/download.tensorflow.org/example_images/flower_photos.tgz",
    ),
    CatalogRow(
        name="food101",
        title="Food-101",
        description="101,000 photos of 101 dishes (Bossard, Guillaumin and Van Gool 2014) at 64×64 pixels.",
        source="download",
        image_shape=(64, 64, 3),
        class_names=url_archives.FOOD101_NAMES,
        train=75_750,
        test=25_250,
        make=url_archives.make,
        download_bytes=4_996_278_331,
        url="https://data.vision.ee.ethz.ch/cvl/food-101.tar.gz",
    ),
)


def find(name: str) -> CatalogRow | None:
    """Return the row called `name`, sizes on request (`x_or_o-64`) included, or None."""
    base, _, size = name.rpartition("-")
    for row in ROWS:
        if row.name == name:
            return row
        if row.name == base and size in map(str, row.sizes) and size != str(row.image_shape[0]):
            return row.at(int(size))
    return None


def listed() -> list[CatalogRow]:
    """Return the rows that are shown before anyone asked for another size."""
    return [variant for row in ROWS for variant in (row, *(row.at(size) for size in row.listed_sizes))]
