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
from base64 import b64encode
from html import escape
from pathlib import Path

import numpy as np
from docutils import nodes
from docutils.parsers.rst import directives
from safetensors.numpy import load_file
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.docutils import SphinxDirective

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
FILES = {"model": ("town-gpt-*.js", "model.js", "sampler.js", "bpe.js"),
         "text": ("town-gpt-tokenizer.js", "bpe.js")}  # fmt: skip
FILES["drafter"] = (*FILES["model"], "drafter-weights.js")


# ---- the model, as scripts: a page that is opened as a file may load nothing else


def quantised(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A matrix in int8 and the float32 that scales each row back; 127 is a row's largest size."""
    matrix = matrix.astype(np.float32)
    scales = np.abs(matrix).max(axis=1) / 127
    scales[scales == 0] = 1
    return np.rint(matrix / scales[:, None]).astype(np.int8), scales


def rows_are_outputs(name: str, tensor: np.ndarray) -> np.ndarray:
    """A matrix with a row per output: those inside GPT-2's blocks are stored the other way."""
    return tensor.T if name.startswith("h.") and tensor.ndim == 2 else tensor


def weights_script(checkpoint: Path, name: str = "weights") -> str:
    """A GPT-2 checkpoint as `model.js` reads it, under a name of its own."""
    config = json.loads((checkpoint / "config.json").read_text("utf8"))
    shapes, floats, steps = [], [], []
    for full, tensor in sorted(load_file(checkpoint / "model.safetensors").items()):
        short = full.removeprefix("transformer.")
        tensor = rows_are_outputs(short, tensor)
        shapes.append([short, *tensor.shape])
        if tensor.ndim == 2:
            matrix, tensor = quantised(tensor)
            steps.append(matrix.tobytes())
        floats.append(tensor.astype("<f4").tobytes())
    return script(
        name,
        {
            "config": {
                "layers": config["n_layer"],
                "heads": config["n_head"],
                "width": config["n_embd"],
                "inner": config["n_inner"] or 4 * config["n_embd"],
                "context": config["n_positions"],
                "vocabulary": config["vocab_size"],
                "epsilon": config["layer_norm_epsilon"],
            },
            "tensors": shapes,
            "floats": b64encode(b"".join(floats)).decode(),
            "bytes": b64encode(b"".join(steps)).decode(),
        },
    )


def tokenizer_script(checkpoint: Path) -> str:
    """A byte-level tokenizer as `bpe.js` reads it."""
    tokenizer = json.loads((checkpoint / "tokenizer.json").read_text("utf8"))
    steps = [step["type"] for step in tokenizer["pre_tokenizer"].get("pretokenizers", [])]
    if steps != ["Digits", "ByteLevel"] or tokenizer["normalizer"]:
        raise PlaygroundError(
            f"{checkpoint}/tokenizer.json cuts text by {steps or tokenizer['pre_tokenizer']}, "
            "bpe.js by Digits, then ByteLevel, without a normalizer. Teach bpe.js the new way."
        )
    vocabulary = tokenizer["model"]["vocab"]
    (end,) = (token["content"] for token in tokenizer["added_tokens"])
    return script(
        "tokenizer",
        {
            "tokens": sorted(vocabulary, key=vocabulary.get),
            "merges": [
                merge if isinstance(merge, str) else " ".join(merge)
                for merge in tokenizer["model"]["merges"]
            ],
            "end": end,
        },
    )


def script(name: str, value) -> str:
    data = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return f"((globalThis.Playgrounds ??= {{}}).files ??= {{}}).{name} = {data};\n"


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
    if not found:
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
