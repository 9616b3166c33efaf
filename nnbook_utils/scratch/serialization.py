"""Saving and loading weights, without pickle: a file of numbers cannot run code when it is read."""

import os
import uuid
import zipfile
from pathlib import Path

import numpy as np

FORMATS = (".npz", ".safetensors")


def save(state_dict, path):
    """Write a state_dict (name -> Tensor or array) to a file; the ending says which format.

    path: ends in .npz (NumPy's own) or .safetensors (which PyTorch's tools read too). The file
    appears complete or not at all: when writing fails, an older file of that name stays as it was.
    Raises ValueError for another ending, TypeError for what is not an array of numbers or text,
    FileNotFoundError when the folder does not exist.
    Chapter: 24_beyond_one_machine. Twin: torch.save.
    """
    path = _checked(path)
    arrays = {name: np.asarray(value, order="C") for name, value in state_dict.items()}
    for name, array in arrays.items():
        if array.dtype.hasobject:
            raise TypeError(f"{name} must be an array of numbers, but it holds Python objects")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent}; make it first")
    temporary = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    try:
        with open(temporary, "xb") as file:
            if path.suffix == ".npz":
                _write_npz(file, arrays)
            else:
                from safetensors.numpy import save as to_bytes

                file.write(to_bytes(arrays))
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _write_npz(file, arrays):
    """What np.savez writes; but np.savez keeps the name "file" for itself."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


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
