"""Where a chapter runs: in a notebook, which draws HTML, or in a terminal, which prints."""


def in_notebook() -> bool:
    """Whether somebody is there to draw HTML."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return hasattr(get_ipython(), "kernel")


def put(html: str, plain: str) -> None:
    """Shows `html` in a notebook, with `plain` beside it for what cannot draw; else prints `plain`."""
    if in_notebook():
        from IPython.display import display

        display({"text/html": html, "text/plain": plain}, raw=True)
    else:
        print(plain)
