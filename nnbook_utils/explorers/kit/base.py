"""The base class of all explorers."""

import inspect
from pathlib import Path

import anywidget
import traitlets

from .linker import link

KIT = Path(__file__).parent


class Explorer(anywidget.AnyWidget):
    """A live picture that a reader moves; its state can be read and set from Python.

    A subclass lives in a folder of its own beside view.js, math.js and style.css, names its traits
    in `settings`, and implements `description()` (one or two plain sentences that say what the
    picture shows now) and `still()` (a matplotlib figure of the same).

    `actions` names the methods that the browser may call through kit/kernel.js when a kernel runs;
    each takes keyword arguments and returns what JSON can hold.
    `question` is the line above the picture that asks the reader to predict; "" hides it, *s* in it
    is a variable.
    `initial` holds the values the explorer was made with: where Reset goes back to.
    Raises traitlets.TraitError for a bad value and TypeError for a setting it does not have.
    """

    settings: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    question = traitlets.Unicode("").tag(sync=True)
    initial = traitlets.Dict(read_only=True).tag(sync=True)

    # ipywidgets 7 would print without the still picture; None makes IPython take the bundle below
    _ipython_display_ = None

    def __init_subclass__(cls, **kwargs):
        folder = Path(inspect.getfile(cls)).parent
        # traitlets derives a class for each widget: that one has its module already
        if not hasattr(cls, "_esm") and (folder / "view.js").is_file():
            cls._esm = link(folder / "view.js")
            styles = [KIT / "kit.css", folder / "style.css"]
            cls._css = "\n".join(path.read_text("utf-8") for path in styles)
        super().__init_subclass__(**kwargs)

    def __init__(self, **settings):
        known = [*self.settings, "question", "layout"]
        if unknown := [name for name in settings if name not in known]:
            raise TypeError(
                f"{type(self).__name__} has no setting {unknown[0]!r}; "
                f"it has {', '.join(self.settings)} and question."
            )
        super().__init__(**settings)
        self._remember()
        self.on_msg(self._answer)

    def _answer(self, widget, message, buffers):
        name, reply = message.get("ask"), {"id": message.get("id")}
        try:
            if name == "hello":
                answer = "hello"
            elif name in self.actions:
                answer = getattr(self, name)(**message.get("content", {}))
            else:
                raise ValueError(f"{type(self).__name__} has no action {name!r}.")
            self.send({**reply, "answer": answer})
        except Exception as error:  # the reader sees it in the explorer, wherever it came from
            self.send({**reply, "error": f"{type(error).__name__}: {error}"})

    def _remember(self):
        """Make the present values those that Reset goes back to."""
        self.set_trait("initial", {name: getattr(self, name) for name in self.settings})

    def description(self):
        """Return what the picture shows, in words: for screen readers, GitHub and print."""
        raise NotImplementedError(f"{type(self).__name__} needs a description() method.")

    def still(self):
        """Return the picture as a matplotlib figure, for pages where nothing can move."""
        raise NotImplementedError(f"{type(self).__name__} needs a still() method.")

    def __repr__(self):
        # the same on every run: stored notebooks are compared with fresh ones
        return f"{type(self).__name__} (interactive)"

    def _repr_mimebundle_(self, **kwargs):
        from nnbook_utils import figures

        data, metadata = super()._repr_mimebundle_(**kwargs)
        data["text/plain"] = self.description()
        data["image/svg+xml"] = figures.svg(self.still(), alt=data["text/plain"])
        return data, metadata
