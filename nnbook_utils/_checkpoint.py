"""Nested dicts of arrays and numbers on disk: complete or not at all, and without pickle."""

import json
import os
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path

import numpy as np


def save(path, state):
    """Write a nested dict of arrays, tensors, numbers and texts to `path` (.npz, no pickle).

    The file is written beside its place and moved there when complete, so that a power cut leaves
    the old file or the new one, never half of one.
    """
    path = Path(path)
    arrays = {}
    tree = json.dumps(_packed(state, arrays))
    arrays["tree"] = np.frombuffer(tree.encode(), np.uint8)
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"the folder of the checkpoint, {path.parent}, does not exist: make it first"
        )
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load(path):
    """Read what `save` wrote. Raises ValueError when the file is damaged or not one of ours."""
    path = Path(path)
    try:
        with np.load(path, allow_pickle=False) as file:
            return _unpacked(json.loads(file["tree"].tobytes()), file)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(
            f"the checkpoint {path.name} is damaged or not one of ours: delete it to start anew"
        ) from error


def _packed(tree, arrays):
    """`tree` as JSON can hold it; its arrays go into `arrays`, and their names stay in the tree."""
    if tree is None or isinstance(tree, bool | int | float | str):
        return tree
    if isinstance(tree, dict):
        return {"dict": [[key, _packed(value, arrays)] for key, value in tree.items()]}
    if isinstance(tree, list | tuple):
        return {type(tree).__name__: [_packed(value, arrays) for value in tree]}
    name = f"array{len(arrays)}"
    if hasattr(tree, "detach") and hasattr(tree, "cpu"):
        tensor = tree.detach().cpu().contiguous()
        kind = str(tensor.dtype).removeprefix("torch.")
        if kind == "bfloat16":  # NumPy has no such type: keep its bits
            tensor = tensor.view(sys.modules["torch"].int16)
        arrays[name] = tensor.numpy()
        return {"tensor": [name, kind]}
    array = np.asarray(tree)
    if array.dtype.hasobject:
        raise TypeError(f"a checkpoint cannot hold {type(tree).__name__}, only arrays and numbers")
    arrays[name] = array
    return {"array": name}


def _unpacked(tree, arrays):
    if not isinstance(tree, dict):
        return tree
    ((kind, value),) = tree.items()
    if kind == "dict":
        return {key: _unpacked(inner, arrays) for key, inner in value}
    if kind in ("list", "tuple"):
        return (list if kind == "list" else tuple)(_unpacked(inner, arrays) for inner in value)
    if kind == "array":
        return arrays[value]
    name, dtype = value
    import torch

    tensor = torch.from_numpy(arrays[name])
    return tensor.view(torch.bfloat16) if dtype == "bfloat16" else tensor
