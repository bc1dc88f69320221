import io
import json

import numpy as np
import pytest

from cnnapp.modelhost import protocol
from cnnapp.modelhost.protocol import ProtocolError, read_message, write_message


def raw(header: object, body: bytes = b"") -> io.BytesIO:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return io.BytesIO(len(text).to_bytes(4, "big") + text + body)


def test_a_message_comes_out_as_it_went_in() -> None:
    arrays = [
        np.arange(24, dtype=np.float32).reshape(2, 3, 4)[:, ::2],
        np.zeros((0, 5), np.uint8),
        np.array(7, np.int32),
    ]
    stream = io.BytesIO()
    write_message(stream, {"op": "é", "n": 1}, arrays)
    stream.seek(0)
    header, received = read_message(stream)
    assert header == {"op": "é", "n": 1}
    for sent, got in zip(arrays, received, strict=True):
        assert got.dtype == sent.dtype
        np.testing.assert_array_equal(got, sent)


@pytest.mark.parametrize(
    "header",
    [
        b"\xff\xfe",
        b"[" * 100_000,
        [],
        {"arrays": {}},
        {"arrays": [1]},
        {"arrays": [{"dtype": "object", "shape": [1]}]},
        {"arrays": [{"dtype": [], "shape": [1]}]},
        {"arrays": [{"dtype": "uint8", "shape": [-1]}]},
        {"arrays": [{"dtype": "uint8", "shape": [1.5]}]},
        {"arrays": [{"dtype": "uint8", "shape": [True]}]},
        {"arrays": [{"dtype": "uint8", "shape": "3"}]},
        {"arrays": [{"dtype": "uint8", "shape": [1] * 9}]},
        {"arrays": [{"dtype": "float32", "shape": [2**20, 2**20]}]},
        {"arrays": [{"dtype": "uint8", "shape": [2**28]}] * 3},
        {"arrays": [{"dtype": "uint8", "shape": [0]}] * 5000},
    ],
)
def test_odd_headers_are_refused_before_memory_is_asked_for(header: object) -> None:
    with pytest.raises(ProtocolError):
        read_message(raw(header))


def test_a_huge_header_is_refused_by_its_length_alone() -> None:
    with pytest.raises(ProtocolError, match="announced"):
        read_message(io.BytesIO(b"\xff\xff\xff\xff"))


@pytest.mark.parametrize("cut", [0, 2, 10, -1])
def test_a_stream_that_ends_early_is_told_apart_from_nonsense(cut: int) -> None:
    stream = io.BytesIO()
    write_message(stream, {"op": "x"}, [np.ones(4, np.float32)])
    with pytest.raises(EOFError):
        read_message(io.BytesIO(stream.getvalue()[:cut]))


def test_what_does_not_travel_is_refused_by_the_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProtocolError, match="object"):
        write_message(io.BytesIO(), {}, [np.array([{}], object)])
    monkeypatch.setattr(protocol, "MAX_ARRAY_BYTES", 3)
    with pytest.raises(ProtocolError, match="too much"):
        write_message(io.BytesIO(), {}, [np.zeros(4, np.uint8)])
