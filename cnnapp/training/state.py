"""Everything that the next step depends on, as arrays by name."""

from typing import Any

from cnnapp.runs.checkpoints import Arrays

# model.variables, not model.weights: the dropouts' seed states belong to the exact state.


def collect(model: Any, optimizer: Any) -> Arrays:
    """Return every variable that the next step depends on, by name."""
    model_part = {f"model/{variable.path}": variable.numpy() for variable in model.variables}
    return model_part | {f"optimizer/{variable.path}": variable.numpy() for variable in optimizer.variables}


def weights(model: Any) -> Arrays:
    """Return the model's variables by path."""
    return {variable.path: variable.numpy() for variable in model.variables}


def restore(arrays: Arrays, model: Any, optimizer: Any) -> None:
    """Invert `collect`; raises KeyError when the arrays are of another network."""
    for variable in model.variables:
        variable.assign(arrays[f"model/{variable.path}"])
    for variable in optimizer.variables:
        variable.assign(arrays[f"optimizer/{variable.path}"])


def put_weights(arrays: Arrays, model: Any) -> None:
    """Invert `weights`."""
    for variable in model.variables:
        variable.assign(arrays[variable.path])
