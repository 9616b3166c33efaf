"""Larger files, fetched on request into the reader's cache, never into the package."""

import logging
import os
from pathlib import Path

from ._pack import DataError

RETRIES = 1  # a second try at each mirror, after a second's pause
TIMEOUT = 15  # seconds without an answer


def cache_folder():
    """Where fetched files are kept: the user's cache, or the folder that NNBOOK_CACHE names."""
    import pooch

    return Path(os.environ.get("NNBOOK_CACHE") or pooch.os_cache("nnbook"))


def fetch(folder, files, mirrors):
    """Fetch files, each from the first mirror that has it unharmed.

    folder: where in the cache; files: name -> SHA-256; mirrors: addresses of folders, in order.
    -> {name: path}. A file already in the cache is verified and not fetched again. A download
    goes to a temporary file and is moved into place only when its SHA-256 is right.
    Raises DataError when no mirror serves a file, or when the cache cannot be written.
    """
    return {name: fetch_one(folder, name, digest, mirrors) for name, digest in files.items()}


def fetch_one(folder, name, digest, mirrors):
    import pooch
    import requests

    level = pooch.get_logger().level
    pooch.get_logger().setLevel(logging.ERROR)  # its messages speak of hashes and paths only
    try:
        reasons = []
        for mirror in mirrors:
            store = pooch.create(
                cache_folder() / folder, mirror, registry={name: digest}, retry_if_failed=RETRIES
            )
            download = pooch.HTTPDownloader(progressbar=False, timeout=TIMEOUT)
            try:
                return Path(store.fetch(name, downloader=download))
            except requests.exceptions.RequestException as error:
                reasons.append(f"{host(mirror)}: {reason(error)}")
            except ValueError:
                reasons.append(f"{host(mirror)}: other bytes than expected")
    except OSError as error:
        raise DataError(
            f"{name} cannot be stored in {cache_folder() / folder} ({error.strerror or error}): "
            "set the environment variable NNBOOK_CACHE to a folder that can be written."
        ) from None
    finally:
        pooch.get_logger().setLevel(level)
    raise DataError(
        f"{name} could not be fetched ({'; '.join(reasons)}). "
        "Connect to the network and run this again."
    )


def host(address):
    return address.split("//")[-1].split("/")[0]


def reason(error):
    """A few words for readers instead of a chain of exceptions."""
    import requests

    if isinstance(error, requests.exceptions.HTTPError) and error.response is not None:
        return f"answered {error.response.status_code}"
    if isinstance(error, requests.exceptions.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "cut off"
    return "no connection"
