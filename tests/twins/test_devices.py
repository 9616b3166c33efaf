import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from nnbook_utils import twins  # noqa: E402
from nnbook_utils.twins import devices  # noqa: E402


@pytest.fixture
def machine(monkeypatch):
    """Pretend that a machine has these devices."""
    monkeypatch.delenv("NNBOOK_DEVICE", raising=False)

    def pretend(**counts):
        counts = {"cpu": 1} | counts
        monkeypatch.setattr(devices, "_count", lambda kind: counts.get(kind, 0))

    return pretend


@pytest.mark.parametrize(
    ("has", "picked"),
    [
        ({}, "cpu"),
        ({"cuda": 1}, "cuda"),
        ({"mps": 1}, "mps"),
        ({"xpu": 1}, "xpu"),
        ({"cuda": 2, "mps": 1, "xpu": 1}, "cuda"),
        ({"mps": 1, "xpu": 1}, "mps"),
    ],
)
def test_the_fastest_device_at_hand_is_picked(machine, has, picked):
    machine(**has)
    assert twins.device() == torch.device(picked)


def test_a_preference_is_followed(machine):
    machine(cuda=2)
    assert twins.device("cpu") == torch.device("cpu")
    assert twins.device("cuda:1") == torch.device("cuda:1")
    assert twins.device(torch.device("cuda", 1)) == torch.device("cuda:1")


def test_the_environment_can_decide(machine, monkeypatch):
    machine(cuda=1)
    monkeypatch.setenv("NNBOOK_DEVICE", "cpu")
    assert twins.device() == torch.device("cpu")
    assert twins.device("cuda") == torch.device("cuda"), "what is asked in code counts more"
    monkeypatch.setenv("NNBOOK_DEVICE", "")
    assert twins.device() == torch.device("cuda")


def test_a_device_that_is_missing_is_named_with_those_that_are_there(machine):
    machine(mps=1)
    with pytest.raises(RuntimeError, match="there is no cuda device here, only mps, cpu: leave"):
        twins.device("cuda")
    machine(cuda=1)
    with pytest.raises(RuntimeError, match="there is no cuda device number 3 here, only cuda, cpu"):
        twins.device("cuda:3")


@pytest.mark.parametrize("name", ["gpu", "cuda:one", "tpu:0", ":"])
def test_an_unknown_name_is_refused(machine, name):
    machine()
    with pytest.raises(ValueError, match="prefer must be one of cuda, mps, xpu, cpu"):
        twins.device(name)


def test_a_broken_driver_counts_as_no_device(monkeypatch):
    def broken():
        raise RuntimeError("the NVIDIA driver on your system is too old")

    monkeypatch.setattr(torch.cuda, "is_available", broken)
    assert devices._count("cuda") == 0


def test_the_picked_device_computes():
    place = twins.device()
    assert float((torch.ones(3, device=place) * 2).sum()) == 6


def test_the_cpu_is_described_in_one_line():
    line = twins.describe(torch.device("cpu"))
    assert line.startswith("CPU: ") and "thread" in line and "\n" not in line


def test_a_gpu_is_described_by_name_memory_and_bfloat16(monkeypatch):
    class Properties:
        name, total_memory = "Tesla T4", 15_828_320_256

    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: Properties)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: False)
    assert twins.describe("cuda") == "CUDA: Tesla T4, 15.8 GB, bfloat16: no"


def test_without_torch_the_import_says_what_to_install(monkeypatch):
    import importlib
    import sys

    for name in [n for n in sys.modules if n.startswith("nnbook_utils.twins")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ModuleNotFoundError, match="twins needs PyTorch.*pip install torch"):
        importlib.import_module("nnbook_utils.twins")
