"""Parquet files as Hugging Face writes them: pictures as bytes and paths, labels as numbers, names in the schema."""

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq

from tests.kit.image_trees import png

NAMES = ("cat", "dog", "hen")


def features(names=NAMES, **others):
    """The schema's metadata."""
    own = {"image": {"_type": "Image"}, "label": {"_type": "ClassLabel", "names": list(names)}}
    return {b"huggingface": json.dumps({"info": {"features": own | others}}).encode()}


def write(columns, metadata=None, **options):
    """A file of some columns."""
    table = pa.table(columns).replace_schema_metadata(metadata)
    buffer = io.BytesIO()
    pq.write_table(table, buffer, **options)
    return buffer.getvalue()


def pictures(seeds):
    return pa.array([{"bytes": png(seed), "path": f"{seed}.png"} for seed in seeds])


def hub(seeds=range(12), metadata=None, **options):
    """Pictures by their seeds, of the classes 0, 1, 2 by turns."""
    columns = {"image": pictures(seeds), "label": pa.array([seed % 3 for seed in seeds])}
    return write(columns, features() if metadata is None else metadata, **options)
