"""Playgrounds: experiments that run in the page, and town-gpt in a form that a page can run.

A playground is one file in `book/scripts/playgrounds/`, which registers itself, and one directive:

    ```{playground} tokenizer
    :title: A tokenizer, merge by merge
    :text: What the reader finds in it first.

    What the playground shows, in Markdown, for paper and for pages without scripts.
    ```

The page loads only what its playgrounds need, the weights when a reader comes near one.
"""

import json
import re
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from safetensors.numpy import load_file
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.docutils import SphinxDirective

from byhand.exporting import compact, packed_tokenizer, packed_weights

BOOK = Path(__file__).parents[1]
SCRIPTS = BOOK / "scripts" / "playgrounds"
CHECKPOINT = BOOK.parent / "byhand" / "checkpoints" / "town-gpt"
DRAFTER = CHECKPOINT.with_name("town-gpt-drafter")
STAGE = "stage.js"
SHOWS = "What this shows"
LOADS = re.compile(r'load\("(\w+)"\)')
COMES = {  # what stands in the box until it is there, by what the script loads
    "model": "town-gpt will run here, in your browser. It is loaded when you come near: {:.1f} MB, "
    "once for all pages.",
    "drafter": "town-gpt and its small sibling will run here, in your browser. They are loaded when you "
    "come near: {:.1f} MB, once for all pages.",
    "text": "The tokenizer of town-gpt will run here, in your browser. It is loaded when you come "
    "near: {:.2f} MB, once for all pages.",
}
FILES = {"model": ("town-gpt-*.js", "model.js", "sampler.js", "rounding.js", "bpe.js"),
         "text": ("town-gpt-tokenizer.js", "bpe.js")}  # fmt: skip
FILES["drafter"] = (*FILES["model"], "drafter-weights.js")


# ---- the model, as scripts: a page that is opened as a file may load nothing else


def weights_script(checkpoint: Path, name: str = "weights") -> str:
    """A GPT-2 checkpoint as `model.js` reads it, under a name of its own."""
    config = json.loads((checkpoint / "config.json").read_text("utf8"))
    return script(name, packed_weights(config, load_file(checkpoint / "model.safetensors")))


def tokenizer_script(checkpoint: Path) -> str:
    """A byte-level tokenizer as `bpe.js` reads it."""
    path = checkpoint / "tokenizer.json"
    try:
        return script("tokenizer", packed_tokenizer(json.loads(path.read_text("utf8"))))
    except ValueError as error:
        raise PlaygroundError(f"{path}: {error} Or teach bpe.js the new way.") from error


def script(name: str, value) -> str:
    return f"((globalThis.Playgrounds ??= {{}}).files ??= {{}}).{name} = {compact(value)};\n"


def write_model(folder: Path, checkpoint: Path = CHECKPOINT) -> None:
    """A checkpoint, beside the scripts that run it. What stays as it is keeps its date."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        "town-gpt-weights.js": weights_script(checkpoint),
        "town-gpt-tokenizer.js": tokenizer_script(checkpoint),
        "drafter-weights.js": weights_script(DRAFTER, "drafter"),
    }
    for name, content in contents.items():
        path = folder / name
        if not path.exists() or path.read_text("utf8") != content:
            path.write_text(content, "utf8")


# ---- the directive


class PlaygroundError(SphinxError):
    """A playground that cannot be shown."""

    category = "Playground error"


class playground(nodes.General, nodes.Element):
    """A place for a live experiment; its children are what stands there without scripts."""


def kinds() -> list[str]:
    """Playgrounds that there are: each has a file that registers it."""
    return sorted(
        path.stem
        for path in SCRIPTS.glob("*.js")
        if f'Playgrounds.register("{path.stem}"' in path.read_text("utf8")
    )


class Playground(SphinxDirective):
    """Draws the place, and the Markdown in it for who has no scripts."""

    required_arguments = 1
    has_content = True
    option_spec = {  # noqa: RUF012
        "title": directives.unchanged_required,
        "text": directives.unchanged,  # what the reader finds typed in
        "height": directives.unchanged,  # reserved, so that nothing jumps: "34rem", or
        "narrow-height": directives.unchanged,  # more of it on a phone
    }

    def run(self):
        kind = self.arguments[0]
        source, line = self.get_source_info()
        if kind not in kinds():
            raise PlaygroundError(
                f"{source}:{line}: there is no playground {kind!r}. There are: "
                f"{', '.join(kinds())}. A new one is a file book/scripts/playgrounds/{kind}.js "
                f'that calls Playgrounds.register("{kind}", ...).'
            )
        if not "".join(self.content).strip() or "title" not in self.options:
            raise PlaygroundError(
                f"{source}:{line}: the playground {kind!r} needs a :title: and a text that says "
                "what it shows, for readers on paper and without scripts."
            )
        height = self.options.get("height", "30rem")
        node = playground(
            kind=kind,
            title=self.options["title"],
            text=self.options.get("text", ""),
            height=height,
            narrow=self.options.get("narrow-height", height),
        )
        self.set_source_info(node)
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


def comes(kind: str, folder: Path) -> str:
    """What a playground waits for, and how large that is; nothing where it waits for nothing."""
    found = LOADS.search((SCRIPTS / f"{kind}.js").read_text("utf8"))
    if not found or found[1] not in COMES:
        return ""
    paths = {p for name in FILES[found[1]] for at in (folder, SCRIPTS) for p in at.glob(name)}
    sizes = {path.name: path.stat().st_size for path in paths}
    return COMES[found[1]].format(sum(sizes.values()) / 1e6)


def visit_playground(self, node):
    number = self.body_playgrounds = getattr(self, "body_playgrounds", 0) + 1
    label = f"playground-{number}"
    coming = comes(node["kind"], Path(self.builder.outdir, "_static", "playgrounds"))
    style = f"--height: {node['height']}; --narrow-height: {node['narrow']}"
    self.body.append(
        f'<section class="playground" data-kind="{escape(node["kind"])}" '
        f'aria-labelledby="{label}" style="{escape(style)}">'
        f'<p class="playground-title" id="{label}">{escape(node["title"])}</p>'
        f'<div class="playground-place" data-text="{escape(node["text"])}" '
        f'data-comes="{escape(coming)}"></div>'
        f'<details class="playground-print" open><summary>{SHOWS}</summary>'
    )


def depart_playground(self, node):
    self.body.append("</details></section>")


def add_scripts(app: Sphinx, pagename, templatename, context, doctree):
    """The stage and the playgrounds that stand on the page; the stage fetches the rest."""
    found = doctree.findall(playground) if doctree is not None else ()
    used = sorted({node["kind"] for node in found})
    if not used:
        return
    app.add_css_file("playgrounds.css")
    for name in (STAGE, *(f"{kind}.js" for kind in used)):
        app.add_js_file(f"playgrounds/{name}", loading_method="defer")


def prepare(app: Sphinx):
    if app.builder.format == "html":
        write_model(Path(app.outdir, "_static", "playgrounds"))


def setup(app: Sphinx):
    app.add_node(playground, html=(visit_playground, depart_playground))
    app.add_directive("playground", Playground)
    app.connect("builder-inited", prepare)
    app.connect("html-page-context", add_scripts, priority=900)
