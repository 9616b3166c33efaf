"""The kit: modules are joined safely, bad values are refused clearly, outputs carry a picture."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
from explorer_harness import EXPLORERS, thermometer
from traitlets import TraitError

from nnbook_utils import explorers, figures
from nnbook_utils.explorers.kit import Explorer, LinkError, link

ALL = [getattr(explorers, name) for name in explorers.__all__]


def write(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text)
    return folder / "view.js"


def test_linked_module_holds_each_file_once_and_imports_nothing():
    module = explorers.LearningRate._esm
    for name in ("dom", "frame", "controls", "plot"):
        assert str(module).count(f"// kit/{name}.js") == 1
    assert not re.search(r"^\s*import\b", str(module), re.MULTILINE)
    assert len(re.findall(r"^export\b.*", str(module), re.MULTILINE)) == 1


def test_linker_puts_imported_files_first(tmp_path):
    entry = write(
        tmp_path,
        a='import { b } from "./b.js";\nexport const a = b + 1;\n',
        b="export const b = 1;\n",
        view='import { a } from "./a.js";\nimport { b } from "./b.js";\nexport default { a, b };\n',
    )
    joined = link(entry)
    assert joined.index("const b") < joined.index("const a") < joined.index("export default")


@pytest.mark.parametrize(
    "line",
    [
        'import * as all from "./b.js";',
        'import b from "./b.js";',
        'import { b as c } from "./b.js";',
        'import { b } from "https://example.org/b.js";',
        'import { b } from "d3";',
        'import "./b.js";',
        'const late = await import("./b.js");',
        'export { b } from "./b.js";',
        'import { missing } from "./b.js";',
        'import { b } from "./nowhere.js";',
        'import { b } from "./b.js";\nconst b = 2;',
    ],
)
def test_linker_refuses_what_it_cannot_join(tmp_path, line):
    entry = write(tmp_path, b="export const b = 1;\n", view=f"{line}\nexport default {{}};\n")
    with pytest.raises(LinkError) as error:
        link(entry)
    assert str(error.value).count("\n") == 0


def test_linker_asks_for_a_default_export(tmp_path):
    with pytest.raises(LinkError, match="export default"):
        link(write(tmp_path, view="const render = 1;\n"))


def test_an_explorer_outside_the_package_takes_the_kit():
    assert "// kit/canvas.js" in str(thermometer()._esm)


@pytest.mark.parametrize("path", sorted(EXPLORERS.glob("*/math.js")), ids=lambda p: p.parent.name)
def test_math_touches_no_page(path):
    source = re.sub(r"//.*|/\*.*?\*/", "", path.read_text("utf-8"))
    assert "import " not in source
    assert not re.search(r"\b(document|window|globalThis|model)\b", source)


def test_modules_fetch_nothing():
    for path in EXPLORERS.rglob("*.[jc]s*"):
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|fetch\(|@import|url\((?!#)", text), path.name


@pytest.mark.parametrize(
    "settings",
    [
        {"gate": "and"},
        {"gate": None},
        {"w1": "1"},
        {"w1": float("nan")},
        {"b": float("inf")},
        {"w2": True},
        {"rate": 0},
        {"steps": -1},
        {"steps": 1.5},
        {"start": [1, 2]},
        {"start": "abc"},
        {"start": [1, 2, None]},
        {"start": 3},
    ],
)
def test_perceptron_refuses_bad_values_and_names_them(settings):
    with pytest.raises(TraitError) as error:
        explorers.PerceptronGates(**settings)
    text = str(error.value)
    assert f"{next(iter(settings))} must be " in text
    assert "but got " in text and "write e.g. " in text and "\n" not in text


@pytest.mark.parametrize(
    "settings",
    [
        {"step": 0},
        {"step": -1},
        {"momentum": 1},
        {"momentum": -0.1},
        {"b": 0},
        {"b": 1.5},
        {"steps": 0},
        {"steps": 1001},
        {"start": [1, float("nan")]},
    ],
)
def test_learning_rate_refuses_bad_values_and_names_them(settings):
    with pytest.raises(TraitError, match=f"{next(iter(settings))} must be .*but got .*write e.g."):
        explorers.LearningRate(**settings)


def test_a_bad_value_later_leaves_the_old_one():
    explorer = explorers.LearningRate(step=0.5)
    with pytest.raises(TraitError):
        explorer.step = "fast"
    assert explorer.step == 0.5


def test_numpy_numbers_are_taken():
    explorer = explorers.LearningRate(
        step=np.float32(0.5), steps=np.int64(3), start=np.array([1, 2])
    )
    assert (explorer.step, explorer.steps, explorer.start) == (0.5, 3, [1.0, 2.0])
    json.dumps(explorer.initial)


@pytest.mark.parametrize("kind", ALL)
def test_an_unknown_setting_is_an_error(kind):
    with pytest.raises(TypeError, match="no setting 'colour'; it has "):
        kind(colour="red")


@pytest.mark.parametrize("kind", ALL)
def test_output_carries_widget_picture_and_words(kind):
    explorer = kind()
    data, _ = explorer._repr_mimebundle_()
    assert set(data) == {
        "application/vnd.jupyter.widget-view+json",
        "image/svg+xml",
        "text/plain",
    }
    assert data["image/svg+xml"].startswith("<svg ")
    assert f'aria-label="{data["text/plain"][:20]}' in data["image/svg+xml"]
    assert len(data["text/plain"]) > 60


@pytest.mark.parametrize("kind", ALL)
def test_output_is_the_same_every_time(kind):
    first, second = kind(), kind()
    assert repr(first) == repr(second)
    pictures = [e._repr_mimebundle_()[0]["image/svg+xml"] for e in (first, second)]
    assert pictures[0] == pictures[1]


def test_ipython_7_and_ipywidgets_7_take_the_same_bundle():
    # ipywidgets 7 has _ipython_display_, which IPython would prefer to the bundle
    assert explorers.PerceptronGates()._ipython_display_ is None


@pytest.mark.parametrize("kind", ALL)
def test_state_is_small(kind):
    explorer = kind()
    assert len(json.dumps({k: explorer.get_state()[k] for k in explorer.keys if k != "layout"})) < (
        300_000
    )


@pytest.mark.parametrize(
    "settings",
    [
        {"step": 4.0, "steps": 1000},
        {"step": 1.0, "b": 1.0},
        {"start": [0, 0]},
        {"start": [300, -2]},
        {"step": 2.2, "momentum": 0.9, "b": 0.001},
    ],
)
def test_still_picture_survives_extremes(settings):
    explorer = explorers.LearningRate(**settings)
    assert explorer._repr_mimebundle_()[0]["image/svg+xml"]


@pytest.mark.parametrize("settings", [{"w1": 0, "w2": 0}, {"b": 9}, {"w1": 1e-9, "b": -1e9}])
def test_still_picture_survives_a_missing_line(settings):
    assert explorers.PerceptronGates(**settings)._repr_mimebundle_()[0]["image/svg+xml"]


def test_kit_colours_are_the_palette():
    css = (EXPLORERS / "kit" / "kit.css").read_text("utf-8")
    light, dark = css.split('[data-theme="dark"]', 1)
    for text, palette in ((light, figures.LIGHT), (dark, figures.DARK)):
        for name, value in palette.items():
            assert f"--nnb-{name.replace('_', '-')}: {value};" in text


def test_styles_of_an_explorer_stay_inside_it():
    for path in EXPLORERS.glob("*/style.css"):
        prefix = re.match(r"\.nnb-\w+", path.read_text("utf-8"))[0]
        text = re.sub(r"@container[^{]*\{|/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)
        for rule in re.findall(r"([^{}]+)\{", text):
            parts = re.split(r",(?![^()]*\))", rule)  # commas within :is(…) part nothing
            assert all(part.strip().startswith(prefix) for part in parts), rule


def test_a_subclass_must_describe_itself():
    class Silent(Explorer):
        pass

    with pytest.raises(NotImplementedError, match="Silent needs a description"):
        Silent().description()


def test_python_answers_the_browser_and_reports_errors():
    explorer, sent = thermometer()(celsius=100), []
    explorer.send = sent.append
    for ask in ("hello", "fahrenheit", "broken", "close"):
        explorer._answer(explorer, {"ask": ask, "id": ask}, [])
    assert sent == [
        {"id": "hello", "answer": "hello"},
        {"id": "fahrenheit", "answer": 212.0},
        {"id": "broken", "error": "RuntimeError: the sensor is unplugged"},
        {"id": "close", "error": "ValueError: Thermometer has no action 'close'."},
    ]


def test_importing_explorers_does_not_import_torch():
    code = "import sys; from nnbook_utils import explorers; explorers.LearningRate; "
    code += "assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
