"""Saving and loading weights, without pickle: a file of numbers cannot run code when it is read."""

import os
import tempfile
from pathlib import Path

import numpy as np

FORMATS = (".npz", ".safetensors")


def save(state_dict, path):
    """Write a state_dict (name -> Tensor or array) to a file; the ending says which format.

    path: ends in .npz (NumPy's own) or .safetensors (which PyTorch's tools read too). The file
    appears complete or not at all: when writing fails, an older file of that name stays as it was.
    Raises ValueError for another ending. Chapter: 24_beyond_one_machine. Twin: torch.save.
    """
    path = _checked(path)
    arrays = {name: np.ascontiguousarray(np.asarray(value)) for name, value in state_dict.items()}
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=path.suffix)
    os.close(handle)
    try:
        if path.suffix == ".npz":
            np.savez(temporary, **arrays)
        else:
            from safetensors.numpy import save_file

            save_file(arrays, temporary)
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)


def load(path):
    """Read what `save` wrote: name -> array, for `model.load_state_dict`.

    Raises FileNotFoundError when there is no such file, ValueError when it cannot be read.
    Chapter: 24_beyond_one_machine. Twin: torch.load(weights_only=True).
    """
    path = _checked(path)
    if not path.exists():
        raise FileNotFoundError(f"there is no file {path}; save the weights there first")
    try:
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as stored:
                return {name: stored[name] for name in stored.files}
        from safetensors.numpy import load_file

        return load_file(path)
    except Exception as error:
        raise ValueError(
            f"{path} cannot be read as {path.suffix}: it is damaged or of another format ({error})"
        ) from error


def _checked(path):
    path = Path(path)
    if path.suffix not in FORMATS:
        raise ValueError(f"path must end in {' or '.join(FORMATS)}, but it is {path.name!r}")
    return path
