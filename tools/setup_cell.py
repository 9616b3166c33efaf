# Set-up: finds the book's package, or installs it where it is missing (in Colab).
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

source = os.environ.get("NNBOOK_SOURCE") or "ARCHIVE"
folders = [Path.cwd(), *Path.cwd().parents]
clone = next((folder for folder in folders if (folder / "nnbook_utils/__init__.py").exists()), None)
if importlib.util.find_spec("nnbook_utils") is None and clone:
    sys.path.insert(0, str(clone))
elif importlib.util.find_spec("nnbook_utils") is None:
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", source]
    if not source or subprocess.run(pip).returncode:
        where = f"could not be installed from {source}" if source else "has no address to come from"
        raise ImportError(f"nnbook_utils {where}; open this notebook in a clone of the book")
importlib.invalidate_caches()
print(importlib.import_module("nnbook_utils").about())
