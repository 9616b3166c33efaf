"""Nine of Shakespeare's plays as text."""

from dataclasses import dataclass

from . import _pack, _splits


@dataclass(frozen=True, repr=False)
class Text:
    """One part of a collection of texts.

    text: the plays one after the other; titles: which plays; split: which part this is.
    """

    name: str
    split: str
    text: str
    titles: tuple[str, ...]
    source: str
    licence: str

    def __len__(self):
        return len(self.text)

    def __repr__(self):
        return f"{self.name}, {self.split}: {len(self):,} characters, {', '.join(self.titles)}"


def shakespeare(split="train"):
    """Shakespeare's plays, 1.1 million characters in all, for models that write.

    split: "train" (seven plays), "validation" (Twelfth Night), "test" (The Tempest) or "all".
    Whole plays are held out, so a held-out figure is about text that was never seen.
    Speakers stand in capitals on a line of their own, directions in square brackets.
    -> Text: text (str, ASCII), titles.
    Raises ValueError for another split, DataError when the file is missing or changed.
    Source: Project Gutenberg, by way of Open Shakespeare.
    """
    plays = [play.split("\n", 1) for play in _pack.text("shakespeare.txt.gz").split("\f")]
    part = plays[_splits.rows((len(plays) - 2, 1, 1), split)]
    return Text(
        name="Shakespeare",
        split=split,
        text="\n\n".join(text for _, text in part) + "\n",
        titles=tuple(title for title, _ in part),
        **_pack.origin("shakespeare.txt.gz"),
    )
