"""Weights on disk: exact, readable by PyTorch's tools, without pickle, never half-written."""

import numpy as np
import pytest

from nnbook_utils.scratch import load, save
from nnbook_utils.scratch.models import MLP

each_format = pytest.mark.parametrize("ending", [".npz", ".safetensors"])


def model(seed):
    return MLP((4, 3, 2), rng=np.random.default_rng(seed))


@each_format
def test_what_is_loaded_is_what_was_saved(tmp_path, ending):
    first, second = model(0), model(1)
    save(first.state_dict(), tmp_path / f"weights{ending}")
    second.load_state_dict(load(tmp_path / f"weights{ending}"))
    for (name, a), (_, b) in zip(
        first.state_dict().items(), second.state_dict().items(), strict=True
    ):
        np.testing.assert_array_equal(a.data, b.data, err_msg=name)


def test_torch_reads_the_safetensors_file(tmp_path, torch):
    save(model(0).state_dict(), tmp_path / "weights.safetensors")
    from safetensors.torch import load_file

    twin = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2))
    twin.load_state_dict(load_file(tmp_path / "weights.safetensors"))


@each_format
def test_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, ending):
    path = tmp_path / f"weights{ending}"
    save(model(0).state_dict(), path)
    before = path.read_bytes()
    with pytest.raises(Exception, match=".+"):
        save({"bad": object()} if ending == ".safetensors" else {"file": Unwritable()}, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


class Unwritable:
    def __array__(self, dtype=None, copy=None):
        raise OSError("the disk is full")


@each_format
def test_damaged_file_is_one_clear_error(tmp_path, ending):
    path = tmp_path / f"weights{ending}"
    save(model(0).state_dict(), path)
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(ValueError, match="cannot be read"):
        load(path)


def test_file_with_pickled_objects_is_refused(tmp_path):
    path = tmp_path / "trap.npz"
    np.savez(path, a=np.array([object()], dtype=object))
    with pytest.raises(ValueError, match="cannot be read"):
        load(path)


def test_missing_file_and_unknown_ending_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file"):
        load(tmp_path / "none.npz")
    with pytest.raises(ValueError, match="must end in .npz or .safetensors"):
        save({}, tmp_path / "weights.pt")
