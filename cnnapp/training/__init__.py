"""The training worker: `python -m cnnapp.training.worker JOB_DIR`, in a child process.

Exact resume rests on three things: the order and the augmentation of images are pure functions of (seed, epoch, image);
a checkpoint has every variable of model and optimiser and the plain values of `progress.py`; sums are added step by
step.
"""
