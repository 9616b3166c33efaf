"""Join an explorer's ES modules into the one module that anywidget takes."""

import re
from pathlib import Path

KIT = Path(__file__).parent
IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]*\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:const|let|function|class)\b)", re.MULTILINE)
DECLARED = re.compile(r"^(export )?(?:async )?(?:const|let|function|class)\s+(\w+)", re.MULTILINE)
LEFT_OVER = re.compile(r"^\s*(?:import\b|export\b).*|\bimport\s*\(.*", re.MULTILINE)


class LinkError(ValueError):
    """A module uses a form of import or export that the linker does not join."""


def link(entry):
    """Return the source of entry and of every local module it imports as one ES module.

    Each file is taken once, imported files first. A file may say `import { a, b } from "./x.js";`
    and `export` in front of a const, let, function or class; entry also says `export default`.
    "../kit/x.js" is this kit's file, also for an explorer that lives elsewhere.
    Raises LinkError for any other import or export, for an imported name that its file does not
    export, and for a name that two files declare at top level.
    """
    parts, exports, declared = [], {}, {}

    def visit(path):
        if path in exports:
            return
        if not path.is_file():
            raise LinkError(f"{path.name} is imported but is not in {path.parent}; check the path.")
        exports[path] = set()
        source = path.read_text("utf-8")
        for names, target in IMPORT.findall(source):
            in_kit = target.startswith("../kit/")
            other = (KIT / target[7:] if in_kit else path.parent / target).resolve()
            visit(other)
            for name in filter(None, (n.strip() for n in names.split(","))):
                if name not in exports[other]:
                    raise LinkError(f"{path.name} imports {name!r}, which {target} doesn't export.")
        for exported, name in DECLARED.findall(source):
            if name in declared:
                first = declared[name]
                raise LinkError(
                    f"{name!r} is declared in both {first} and {path.name}; rename one."
                )
            declared[name] = path.name
            if exported:
                exports[path].add(name)
        source = EXPORT.sub("", IMPORT.sub("", source))
        rest = source.replace("export default ", "", 1) if path == entry else source
        if found := LEFT_OVER.search(rest):
            raise LinkError(
                f'{path.name} has {found[0].strip()!r}; write import {{ name }} from "./file.js"; '
                "and export only in front of a declaration."
            )
        parts.append(f"// {path.parent.name}/{path.name}\n{source.strip()}\n")

    entry = Path(entry).resolve()
    visit(entry)
    if "\nexport default " not in parts[-1]:
        raise LinkError(f"{entry.name} needs a line `export default {{ render }};` at its end.")
    return "\n".join(parts)
