"""What tests do with a playground that a page shows: open it, read it, press keys."""

import torch

from byhand.exporting import quantised, rows_are_outputs


def opened(page, kind: str):
    """A playground, scrolled to and ready."""
    section = page.locator(f".playground[data-kind={kind}]")
    section.scroll_into_view_if_needed()
    page.locator(f".playground[data-kind={kind}][data-state=ready]").wait_for()
    return section


def says(section) -> str:
    return section.locator(".playground-says .seen").first.inner_text()


def heard(section) -> str:
    return section.locator(".playground-says [aria-live=polite]").first.inner_text()


def press(page, *keys: str):
    for key in keys:
        page.keyboard.press(key)


def as_in_a_page(model):
    """A model with the very weights that a page has: those of `model`, rounded to 8 bits."""
    rounded = type(model)(model.config).eval()
    state = model.state_dict()
    with torch.no_grad():
        for name, weight in state.items():
            if weight.ndim == 2:
                short = name.removeprefix("transformer.")
                rows = rows_are_outputs(short, weight.numpy())
                steps, scales = quantised(rows)
                whole = torch.from_numpy(steps * scales[:, None])
                state[name] = whole if rows.shape == weight.shape and not (
                    short.startswith("h.")) else whole.T  # fmt: skip
    rounded.load_state_dict(state)
    return rounded
