"""What a file of weights may hold, where it may lie, and who may read it."""

import os
import stat

import numpy as np
import pytest

from nnbook_utils.scratch import load, nn, save

each_format = pytest.mark.parametrize("ending", [".npz", ".safetensors"])


@each_format
def test_every_shape_and_dtype_comes_back(tmp_path, ending):
    arrays = {
        "number": np.array(3),
        "no rows": np.zeros((0, 3), np.float32),
        "turned": np.arange(6.0).reshape(2, 3).T,
        "flags": np.array([True, False]),
        "file": np.ones(2, np.float32),
        "self": np.ones(1),
    }
    save(arrays, tmp_path / f"all{ending}")
    back = load(tmp_path / f"all{ending}")
    assert back.keys() == arrays.keys()
    for name, array in arrays.items():
        assert back[name].dtype == array.dtype
        assert back[name].shape == array.shape
        np.testing.assert_array_equal(back[name], array)


@each_format
def test_counter_of_batch_norm_survives(tmp_path, ending):
    norm = nn.BatchNorm1d(3)
    norm(np.random.default_rng(0).standard_normal((4, 3)).astype(np.float32))
    save(norm.state_dict(), tmp_path / f"norm{ending}")
    again = nn.BatchNorm1d(3)
    again.load_state_dict(load(tmp_path / f"norm{ending}"))
    assert again.num_batches_tracked.shape == ()
    assert int(again.num_batches_tracked) == 1


@each_format
def test_python_objects_are_refused_before_anything_is_written(tmp_path, ending):
    path = tmp_path / f"weights{ending}"
    for bad in (np.array([object()]), [None, "text"], np.array([(1, object())], "i4,O")):
        with pytest.raises(TypeError, match="bad must be an array of numbers"):
            save({"good": np.ones(2), "bad": bad}, path)
    assert list(tmp_path.iterdir()) == []


@each_format
def test_file_may_be_read_by_whom_the_umask_allows(tmp_path, ending):
    before = os.umask(0o027)
    try:
        save({"w": np.ones(2)}, tmp_path / f"weights{ending}")
        (tmp_path / "plain").write_bytes(b"")
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


@each_format
def test_missing_folder_is_named_and_nothing_is_made(tmp_path, ending):
    with pytest.raises(FileNotFoundError, match="there is no folder .*nowhere"):
        save({"w": np.ones(2)}, tmp_path / "nowhere" / f"weights{ending}")
    assert list(tmp_path.iterdir()) == []
