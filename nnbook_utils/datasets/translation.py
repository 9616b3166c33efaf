"""German and English sentences."""

from dataclasses import dataclass

from . import _pack, _splits


@dataclass(frozen=True, repr=False)
class SentencePairs:
    """One part of a set of sentence pairs: german[i] means english[i]."""

    name: str
    split: str
    german: tuple[str, ...]
    english: tuple[str, ...]
    source: str
    licence: str

    def __len__(self):
        return len(self.german)

    def __repr__(self):
        example = f"{self.german[0]} → {self.english[0]}"
        return f"{self.name}, {self.split}: {len(self):,} sentence pairs, such as {example}"


def translation(split="train"):
    """German sentences with their English translation: a dictionary's example sentences.

    split: "train" (14,758), "validation" (1,018), "test" (1,014) or "all". Fixed; pairs that
    share a sentence are all in one part. A German sentence may occur with several translations.
    -> SentencePairs: german, english (tuples of str, at most 200 characters each).
    Raises ValueError for another split, DataError when the file is missing or changed.
    Source: Ding dictionary, Frank Richter, Chemnitz University of Technology.
    """
    _splits.check_split(split)
    lines = _pack.text("translation.tsv.gz").splitlines()
    pairs = [line.split("\t") for line in lines]
    chosen = [(de, en) for part, de, en in pairs if split in (part, "all")]
    german, english = zip(*chosen, strict=True)
    return SentencePairs(
        name="German–English",
        split=split,
        german=german,
        english=english,
        **_pack.origin("translation.tsv.gz"),
    )
