import html
import inspect
import re

import pytest

import nnbook_utils
from nnbook_utils import show_source, source
from nnbook_utils.scratch import functional as F
from nnbook_utils.scratch import nn


@pytest.fixture
def shown(monkeypatch):
    bundles = []
    monkeypatch.setattr(source, "publish", bundles.append)
    return bundles


def plain(bundle):
    """What is read in the HTML, without its tags."""
    code = re.search(r"<code[^>]*>(.*)</code>", bundle["text/html"], re.S)[1]
    return html.unescape(re.sub(r"<[^>]+>", "", code))


def test_what_is_shown_is_the_installed_source(shown):
    show_source(F.cross_entropy)
    (bundle,) = shown
    code = inspect.getsource(F.cross_entropy)
    assert plain(bundle) == code
    where, _, rest = bundle["text/plain"].partition("\n\n")
    assert rest == code
    line = inspect.getsourcelines(F.cross_entropy)[1]
    assert where == f"nnbook_utils/scratch/functional/loss.py, line {line}"
    assert where in bundle["text/html"]


def test_classes_methods_and_modules_can_be_shown(shown):
    show_source(nn.Linear)
    show_source(nn.Linear.forward)
    show_source(source)
    cls, method, module = shown
    assert plain(cls).startswith("class Linear")
    assert plain(method).startswith("def forward"), "a method is moved to the left"
    assert module["text/plain"].startswith("nnbook_utils/source.py\n\n"), "a module has no line"


def test_a_decorated_function_shows_itself_and_not_its_wrapper(shown):
    from nnbook_utils.check import exercise

    @exercise
    def xor(answer):
        return "inside"

    show_source(xor)
    assert 'return "inside"' in plain(shown[0])
    assert shown[0]["text/plain"].startswith("test_source.py, line "), "nor its wrapper's file"


def test_without_docstrings_the_code_stays_as_it_is(shown):
    show_source(F.cross_entropy, doc=False)
    code = plain(shown[0])
    original = inspect.getsource(F.cross_entropy)
    assert '"""' not in code and '"""' in original
    assert original.startswith(code.splitlines()[0])
    assert original.endswith("\n".join(code.splitlines()[1:]) + "\n")


def test_without_docstrings_comments_decorators_and_lone_docstrings_survive():
    code = '''class Layer:
    """Says what it is.

    At length.
    """

    # a comment that belongs to size
    size = 3

    @property
    def width(self):
        """Inner."""
        # why
        return 1

    def empty(self):
        """Nothing but this."""

    def text(self):
        x = """not a docstring"""
        return x
'''
    shorter = source._without_docstrings(code)
    assert "Says what" not in shorter and "Inner" not in shorter
    for kept in ("# a comment", "size = 3", "@property", "# why", "Nothing but", "not a doc"):
        assert kept in shorter
    compile(shorter, "shorter", "exec")


def test_the_html_says_colors_by_variables_and_hides_no_markup(shown):
    def tricky():
        return "<script>alert('&')</script>"

    show_source(tricky)
    page = shown[0]["text/html"]
    assert "<script>" not in page and "alert" in page
    assert "var(--nnb-weights-text, var(--jp-mirror-editor-keyword-color, #B04A00))" in page
    assert "overflow-x:auto" in page and 'tabindex="0"' in page


def test_no_path_of_this_machine_is_shown(shown):
    show_source(nnbook_utils)
    show_source(test_no_path_of_this_machine_is_shown)
    for bundle in shown:
        assert "/" not in bundle["text/plain"].split("\n")[0].removeprefix("nnbook_utils/")
    assert shown[1]["text/plain"].startswith("test_source.py, line ")


def test_code_typed_into_a_notebook_is_called_so(shown):
    import linecache

    text = "def typed(x):\n    return x\n"
    name = "/tmp/ipykernel_123/456.py"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    scope = {}
    exec(compile(text, name, "exec"), scope)
    show_source(scope["typed"])
    assert shown[0]["text/plain"] == "this notebook\n\n" + text


def test_outside_a_notebook_it_is_printed(capsys):
    show_source(F.relu, doc=False)
    assert capsys.readouterr().out.startswith("nnbook_utils/scratch/functional/activation.py, line")


@pytest.mark.parametrize("value", [3, "F.relu", len, None])
def test_what_has_no_source_is_named(value, shown):
    with pytest.raises(TypeError, match="obj must be a function, class or module"):
        show_source(value)
    assert not shown
