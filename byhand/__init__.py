"""What the chapters share. This is its door: what a chapter may take, and from where.

| from | a chapter takes |
|---|---|
| `byhand` | `load(name)`: a model and what prepares its input; `checkpoint(name)`: a folder of ours |
| `byhand` | `table(rows, head)`: what a cell prints in rows and columns, as a table |
| `byhand` | `progress(items)`: a loop that takes long, with a bar |
| `byhand` | `recorded(name, steps, live)`: a run of minutes, from its recording, begun here anew |
| `byhand` | `report(path, title=...)`: a page of what was built, to be shown to somebody |
| `byhand` | `export(model, tokenizer, path)`: a model of one's own, as a file for the playgrounds |
| `byhand` | `poured(weights, heads, vocab, merges)`: one's own numbers in the classes of transformers |
| `byhand.town` | Tiny Town: documents by kind and seed, the grammar that reads them, `WORLD` |
| `byhand.town.words`, `.drills`, `.entities`, `.stream` | its words, sums, twins and splits |
| `byhand.senses` | what models see and hear: handwritten digits with captions, tunes as sound |
| `byhand.small` | a small model: random weights for blocks of one's own, and a short training |
| `byhand.sums` | sums for `town-gpt`, many at once, and its answers to them |
| `byhand.family` | `MODELS`: models of others by name, with date, kind, size, parents and source |
| `byhand.figures` | `show(fig, alt)` and the colours, each in its meaning |
| `byhand.pictures` | drawings that several chapters share |

`byhand.train` and `byhand.measure` make the models and their cards; no chapter needs them.
"""

from byhand.bars import progress
from byhand.checkpoints import checkpoint
from byhand.exporting import export, poured
from byhand.loading import load
from byhand.recordings import recorded
from byhand.reports import report
from byhand.tables import table

__all__ = ["checkpoint", "export", "load", "poured", "progress", "recorded", "report", "table"]
