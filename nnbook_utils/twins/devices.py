"""Where PyTorch computes: a GPU when there is one, the CPU otherwise."""

import os
import platform

import torch

# In the order in which they are tried.
KINDS = ("cuda", "mps", "xpu", "cpu")


def device(prefer=None):
    """The fastest device at hand: CUDA (NVIDIA, AMD), MPS (Apple), XPU (Intel), else the CPU.

    prefer: one of "cuda", "mps", "xpu", "cpu", or with a number, "cuda:1". Left out, the
    environment variable NNBOOK_DEVICE decides, if it is set.
    Raises ValueError for another name, RuntimeError when the preferred device is not there.
    """
    asked = prefer if prefer is not None else os.environ.get("NNBOOK_DEVICE") or None
    if asked is None:
        return torch.device(next(kind for kind in KINDS if _count(kind)))
    kind, _, number = str(asked).partition(":")
    if kind not in KINDS or (number and not number.isdigit()):
        raise ValueError(
            f"prefer must be one of {', '.join(KINDS)}, with a number if there are several as in "
            f"cuda:1; got {str(asked)!r}"
        )
    count = _count(kind)
    if int(number or 0) >= count:
        there = ", ".join(k for k in KINDS if _count(k))
        missing = f"{kind} device number {number}" if count else f"{kind} device"
        raise RuntimeError(
            f"there is no {missing} here, only {there}: leave prefer out and the best one is taken"
        )
    return torch.device(str(asked))


def describe(device):
    """One line about a device for printing, such as `CUDA: NVIDIA T4, 15.8 GB, bfloat16: no`."""
    device = torch.device(device)
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        fast = "yes" if torch.cuda.is_bf16_supported(including_emulation=False) else "no"
        memory = properties.total_memory / 1e9
        return f"CUDA: {properties.name}, {memory:.1f} GB, bfloat16: {fast}"
    if device.type == "mps":
        return f"MPS: Apple GPU of this {platform.machine()} machine, shared memory"
    if device.type == "xpu":
        properties = torch.xpu.get_device_properties(device)
        return f"XPU: {properties.name}, {properties.total_memory / 1e9:.1f} GB"
    threads = torch.get_num_threads()
    return f"CPU: {threads} thread{'s' if threads != 1 else ''}"


def _count(kind):
    """How many devices of a kind can be used. A broken driver counts as none."""
    try:
        if kind == "cuda":
            return torch.cuda.device_count() if torch.cuda.is_available() else 0
        if kind == "mps":
            return int(torch.backends.mps.is_available())
        if kind == "xpu":
            return torch.xpu.device_count() if torch.xpu.is_available() else 0
    except (AttributeError, RuntimeError):
        return 0
    return 1
