"""Colours and symbols with one meaning everywhere; chosen to be told apart by colour-blind eyes (Okabe & Ito 2008)."""

TRAINING, VALIDATION, TEST = "#0072B2", "#E69F00", "#009E73"
RIGHT, WRONG = "#009E73", "#D55E00"  # always together with a mark: ✓ ✗

KIND_COLOURS = {
    "input": "#9AA0A6",
    "rescaling": "#BDC1C6",
    "conv2d": "#0072B2",
    "pooling": "#D55E00",
    "batch_normalization": "#CC79A7",
    "dropout": "#F0E442",
    "flatten": "#7F7F7F",
    "dense": "#009E73",
    "activation": "#56B4E9",
}
KIND_SYMBOLS = {
    "input": "▣",
    "rescaling": "÷",
    "conv2d": "▦",
    "pooling": "▼",
    "batch_normalization": "≈",
    "dropout": "◌",
    "flatten": "▬",
    "dense": "⁝",
    "activation": "ƒ",
}
KIND_NAMES = {
    "input": "input",
    "rescaling": "rescaling",
    "conv2d": "convolution",
    "pooling": "pooling",
    "batch_normalization": "batch normalisation",
    "dropout": "dropout",
    "flatten": "flatten",
    "dense": "dense",
    "activation": "activation",
}
