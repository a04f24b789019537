"""A model and what prepares its input, by name: Tiny Town's from here, any other from the Hub."""

import socket
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from byhand.checkpoints import checkpoint, names


def load(name: str):
    """A model in eval mode and float32, and its tokenizer (or its processor).

    name: one of Tiny Town's checkpoints, such as "town-gpt", which lie in the course itself; or
    the Hub name of a model, such as "openai-community/gpt2", where the network allows. A model
    comes as the class that its checkpoint was saved from: `load("town-bert-entities")` tags words.
    """
    import torch

    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"load() got {name!r}; it takes a name: one of {', '.join(names())}.")
    # a misspelt name of ours goes to `checkpoint` too, whose error lists the right ones
    ours = name in names() or ("/" not in name and name.startswith(("town-", "digits-", "tones-")))
    source = checkpoint(name) if ours else name
    try:
        with quiet(ours):
            near = {"local_files_only": ours or not hub_answers()}
            model = model_class(source, near).from_pretrained(source, dtype=torch.float32, **near)
        return model.eval(), preparation(source, **near)
    except (OSError, ValueError) as error:
        if ours:
            raise
        raise OSError(no_hub(name)) from error


@contextmanager
def quiet(local: bool):
    """Without a progress bar for what takes milliseconds."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    if local:
        logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def hub_answers(within: float = 3.0) -> bool:
    """Whether the Hub can be reached; asked once, for else each file would be asked for five times.

    within: seconds.
    """
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    address = urlsplit(constants.ENDPOINT)
    try:
        socket.create_connection((address.hostname, address.port or 443), within).close()
    except OSError:
        return False
    return True


def model_class(source: str, near: dict):
    """The class that the checkpoint's config.json names."""
    import transformers

    config = transformers.AutoConfig.from_pretrained(source, **near)
    return getattr(transformers, (config.architectures or ["AutoModel"])[0])


def preparation(source: str, **near):
    """What reads two kinds of input where it does, else its image processor or its tokenizer."""
    from transformers import AutoImageProcessor, AutoProcessor, AutoTokenizer

    if (Path(source) / "processor_config.json").exists():
        return AutoProcessor.from_pretrained(source, **near)
    if (Path(source) / "preprocessor_config.json").exists():
        return AutoImageProcessor.from_pretrained(source, **near)
    return AutoTokenizer.from_pretrained(source, **near)


def no_hub(name: str) -> str:
    return (
        f"{name!r} is none of Tiny Town's models ({', '.join(names())}), and the Hub does not give "
        "it. Either take one of those, which need no network; or, if the name is right, go where "
        "the Hub can be reached (Colab can) and see that HF_HUB_OFFLINE is not set."
    )
