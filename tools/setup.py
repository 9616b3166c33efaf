"""Make the virtual environment that `make book`, `make test` and `make lab` use.

    python3 tools/setup.py [--venv .venv] [--torch cpu|cuda|none] [--extras lab,book,test]

Without --torch the build of PyTorch stays what it was before, and is the CPU build at first.

Standard library only: it runs before anything is installed. A finished environment carries a
stamp; without the stamp it is unfinished and is made anew, so an interrupted run heals itself.
"""

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
OLDEST, NEWEST = (3, 11), (3, 13)  # NEWEST: that the tests run on
# Where PyTorch publishes its CPU builds; the general index has the CUDA build (2.7 GB) for Linux.
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"


class SetupError(Exception):
    """One sentence for the user: what failed and what to do."""


def check_python(version=sys.version_info):
    if tuple(version[:2]) < OLDEST:
        raise SetupError(
            f"This is Python {version[0]}.{version[1]}, and the book needs Python 3.11 or newer; "
            "name another one, for example: make book PYTHON=python3.12"
        )
    if tuple(version[:2]) > NEWEST:
        print(
            f"Python {version[0]}.{version[1]} is newer than what the book is tested with; "
            "if it fails: make book PYTHON=python3.13",
            flush=True,
        )


def digest(extras, torch):
    """What the environment is made from; a change means that it must be brought up to date."""
    parts = [sys.version, platform.platform(), torch, ",".join(extras)]
    parts += [path.read_text("utf8") for path in (LOCK, ROOT / "pyproject.toml", Path(__file__))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def requirements(extras):
    """The lines of pyproject.toml: the package's own needs and those of the extras."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    lines = list(project["dependencies"])
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    return lines + ["setuptools", "wheel"]


def pinned(name):
    for line in LOCK.read_text("utf8").splitlines():
        if line.startswith(f"{name}=="):
            return line.split(";")[0].strip()
    raise SetupError(f"requirements.lock does not pin {name}; the file is damaged.")


class Environment:
    def __init__(self, path):
        self.path = Path(path)
        self.stamp = self.path / "nnbook-complete"
        self.python = self.path / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.log = self.path / "setup.log"
        self.build = self.path / "nnbook-torch"  # cpu, cuda or none

    def is_ready(self, wanted):
        return self.stamp.is_file() and self.stamp.read_text("utf8") == wanted

    def torch_build(self):
        """The build of PyTorch that was asked for last time; the CPU build at first."""
        return self.build.read_text("utf8").strip() if self.build.is_file() else "cpu"

    def is_of_this_python(self):
        config = self.path / "pyvenv.cfg"
        lines = config.read_text("utf8").splitlines() if config.is_file() else []
        ours = "{}.{}.".format(*sys.version_info[:2])
        return any(
            line.partition("=")[0].strip().startswith("version")
            and line.partition("=")[2].strip().startswith(ours)
            for line in lines
        )

    def create(self):
        if self.path.exists() and not (
            self.stamp.is_file() and self.python.exists() and self.is_of_this_python()
        ):
            if not (self.path / "pyvenv.cfg").exists() and any(self.path.iterdir()):
                raise SetupError(
                    f"{self.path} exists and is not a Python environment; "
                    "move it away or choose another name: make book VENV=.venv-book"
                )
            finished = self.stamp.is_file() and self.python.exists()
            why = "has another Python" if finished else "was left unfinished"
            print(f"{self.path.name} {why}: making it anew", flush=True)
            shutil.rmtree(self.path)
        if not self.path.exists():
            made = subprocess.run(
                [sys.executable, "-m", "venv", str(self.path)], capture_output=True, text=True
            )
            if made.returncode:
                shutil.rmtree(self.path, ignore_errors=True)
                raise SetupError(
                    "Python could not make a virtual environment (on Debian and Ubuntu: "
                    f"apt install python3-venv): {(made.stderr or made.stdout).strip()[-300:]}"
                )
        self.stamp.unlink(missing_ok=True)

    def pip(self, *arguments, may_fail=False):
        command = [str(self.python), "-m", "pip", "--disable-pip-version-check", "install", "-q"]
        with self.log.open("a", encoding="utf8") as log:
            log.write(f"\n$ pip install {' '.join(arguments)}\n")
            log.flush()
            done = subprocess.run(
                command + list(arguments), stdout=log, stderr=subprocess.STDOUT, cwd=ROOT
            )
        if done.returncode and not may_fail:
            tail = [line for line in self.log.read_text("utf8").splitlines() if "ERROR" in line]
            raise SetupError(
                "Packages could not be installed; is there a network, and room on the disk? "
                f"(Or does requirements.lock not fit Python {platform.python_version()}?) "
                f"Run the same command again to go on. pip said: {' '.join(tail[-2:])[-400:]} "
                f"(all of it: {self.log})"
            )
        return done.returncode == 0

    def has_cuda_torch(self):
        code = "import torch; raise SystemExit(torch.version.cuda is None)"
        return not subprocess.run([str(self.python), "-c", code], capture_output=True).returncode

    def install_torch(self, build):
        torch = pinned("torch")
        if platform.system() != "Linux":
            self.pip("-c", str(LOCK), torch)
        elif build == "cuda":
            if not self.has_cuda_torch():  # pip would be content with the CPU build
                self.pip("--force-reinstall", "--no-deps", torch)
            self.pip("-c", str(LOCK), torch)
        elif self.has_cuda_torch():
            self.pip("--force-reinstall", "--no-deps", "--index-url", TORCH_CPU_INDEX, torch)
        # a wheel that lies at hand (PIP_FIND_LINKS) comes first: no network, no large download
        elif not self.pip("--no-deps", "--no-index", torch, may_fail=True):
            self.pip("--no-deps", "--index-url", TORCH_CPU_INDEX, torch)


def set_up(venv, extras, torch):
    check_python()
    environment = Environment(venv)
    torch = torch or environment.torch_build()
    wanted = digest(extras, torch)
    if environment.is_ready(wanted):
        return environment
    print(f"Setting up {environment.path.name} (once; a few minutes) ...", flush=True)
    environment.create()
    lines = requirements([*extras, "torch"] if torch != "none" else extras)
    if torch != "none":
        print("  PyTorch ...", flush=True)
        environment.install_torch(torch)
    print("  the other packages ...", flush=True)
    environment.pip("-c", str(LOCK), *lines)
    environment.pip("--no-deps", "--no-build-isolation", "-e", str(ROOT))
    environment.build.write_text(torch, "utf8")
    environment.stamp.write_text(wanted, "utf8")
    print(f"  {environment.path.name} is ready", flush=True)
    if torch == "cpu" and shutil.which("nvidia-smi"):
        print("  An NVIDIA driver is here: `make book TORCH=cuda` installs the GPU build")
    return environment


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--venv", default=str(ROOT / ".venv"))
    parser.add_argument("--torch", choices=["cpu", "cuda", "none"])
    parser.add_argument("--extras", default="lab,book,test", help='"" for none')
    options = parser.parse_args()
    try:
        extras = options.extras.replace(",", " ").split()
        set_up(Path(options.venv).resolve(), extras, options.torch)
    except SetupError as error:
        sys.exit(f"setup: {error}")
    except KeyboardInterrupt:
        sys.exit("setup: stopped; the same command begins again")


if __name__ == "__main__":
    main()
