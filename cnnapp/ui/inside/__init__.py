"""Looking inside a trained network: an image's way through it, layers, kernels."""
