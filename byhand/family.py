"""Language models by name: when, whose, of which kind, how large, and from whom they descend.

Owns the facts that a page may print of models that are not ours. Each has a source: a work in
`references.bib`, or a post or card of those who made it. What nobody has published is None; what
is known to the month only is written to the month. `AS_OF` says when all of it was last read.
"""

from typing import NamedTuple

AS_OF = "2026-11"
ENCODER, DECODER, BOTH = "encoder", "decoder", "encoder and decoder"
FREE, OWN, CLOSED = "an open licence", "terms of their own", "not released"


class Model(NamedTuple):
    """One model, or one family under a name.

    date: the day, or only the month, on which anyone outside could first read of it when it was
    ready, in a paper or in a post with results, or could first use it or its weights. That it will
    come is not enough. size: parameters of the largest one released under just this name, or
    described, where none was; all experts counted, None where not published. kind: where its makers
    have not told (PaLM 2, o1, Grok 3), as what it is used. parents: what its makers say it builds
    on. weights: FREE, OWN or CLOSED, of the largest one when its weights came out. source: a key of
    `references.bib`, or an address; post: an address of the first day, where the paper came later.
    """

    name: str
    by: str
    date: str
    kind: str
    size: float | None
    parents: tuple[str, ...]
    weights: str
    source: str
    post: str = ""

    @property
    def precision(self) -> str:
        return {7: "month", 10: "day"}[len(self.date)]


MODELS = [
    Model("Transformer", "Google", "2017-06-12", BOTH, 213e6, (), FREE, "vaswani2017attention"),
    Model("GPT-1", "OpenAI", "2018-06-11", DECODER, 117e6, ("Transformer",), FREE,
          "radford2018improving", "https://openai.com/index/language-unsupervised/"),
    Model("BERT", "Google", "2018-10-11", ENCODER, 340e6, ("Transformer",), FREE, "devlin2019bert"),
    Model("GPT-2", "OpenAI", "2019-02-14", DECODER, 1.5e9, ("GPT-1",), FREE,
          "radford2019language", "https://openai.com/index/better-language-models/"),
    Model("RoBERTa", "Facebook", "2019-07-26", ENCODER, 355e6, ("BERT",), FREE, "liu2019roberta"),
    Model("DistilBERT", "Hugging Face", "2019-08", ENCODER, 66e6, ("BERT",), FREE,
          "sanh2019distilbert", "https://medium.com/huggingface/distilbert-8cf3380435b5"),
    Model("ALBERT", "Google", "2019-09-26", ENCODER, 235e6, ("BERT",), FREE, "lan2020albert"),
    Model("T5", "Google", "2019-10-23", BOTH, 11e9, ("Transformer",), FREE, "raffel2020exploring"),
    Model("BART", "Facebook", "2019-10-29", BOTH, 400e6, ("BERT", "GPT-1"), FREE, "lewis2020bart"),
    Model("GPT-3", "OpenAI", "2020-05-28", DECODER, 175e9, ("GPT-2",), CLOSED,
          "brown2020language"),
    Model("mT5", "Google", "2020-10-22", BOTH, 13e9, ("T5",), FREE, "xue2021massively"),
    Model("Switch", "Google", "2021-01-11", BOTH, 1.6e12, ("T5",), FREE, "fedus2022switch"),
    Model("Jurassic-1", "AI21 Labs", "2021-08", DECODER, 178e9, ("GPT-3",), CLOSED,
          "https://www.ai21.com/blog/announcing-ai21-studio-and-jurassic-1"),
    Model("Gopher", "DeepMind", "2021-12-08", DECODER, 280e9, ("GPT-2",), CLOSED,
          "rae2021scaling"),
    Model("GLaM", "Google", "2021-12", DECODER, 1.2e12, ("Transformer",), CLOSED, "du2022glam",
          "https://research.google/blog/more-efficient-in-context-learning-with-glam/"),
    Model("LaMDA", "Google", "2022-01-20", DECODER, 137e9, ("Transformer",), CLOSED,
          "thoppilan2022lamda"),
    Model("InstructGPT", "OpenAI", "2022-01-27", DECODER, 175e9, ("GPT-3",), CLOSED,
          "ouyang2022training", "https://openai.com/index/instruction-following/"),
    Model("GPT-NeoX", "EleutherAI", "2022-02", DECODER, 20e9, ("GPT-3",), FREE,
          "black2022gptneox"),
    Model("Chinchilla", "DeepMind", "2022-03-29", DECODER, 70e9, ("Gopher",), CLOSED,
          "hoffmann2022training"),
    Model("PaLM", "Google", "2022-04", DECODER, 540e9, ("Transformer",), CLOSED,
          "chowdhery2023palm"),
    Model("BLOOM", "BigScience", "2022-07", DECODER, 176e9, ("GPT-2",), OWN,
          "https://huggingface.co/bigscience/bloom"),
    Model("FLAN-T5", "Google", "2022-10-20", BOTH, 11e9, ("T5",), FREE, "chung2024scaling"),
    Model("LLaMA", "Meta", "2023-02-24", DECODER, 65e9, ("GPT-3", "PaLM", "GPT-NeoX"), OWN,
          "touvron2023llama", "https://ai.meta.com/blog/large-language-model-llama-meta-ai/"),
    Model("GPT-4", "OpenAI", "2023-03-14", DECODER, None, ("Transformer",), CLOSED,
          "openai2023gpt", "https://openai.com/index/gpt-4-research/"),
    Model("PaLM 2", "Google", "2023-05-10", DECODER, None, ("PaLM",), CLOSED, "anil2023palm",
          "https://blog.google/technology/ai/google-palm-2-ai-large-language-model/"),
    Model("Llama 2", "Meta", "2023-07-18", DECODER, 70e9, ("LLaMA",), OWN, "touvron2023chat"),
    Model("Qwen", "Alibaba", "2023-08-03", DECODER, 72e9, ("LLaMA",), OWN, "bai2023qwen",
          "https://github.com/QwenLM/Qwen"),
    Model("Code Llama", "Meta", "2023-08-24", DECODER, 70e9, ("Llama 2",), OWN,
          "https://ai.meta.com/blog/code-llama-large-language-model-coding/"),
    Model("Mistral 7B", "Mistral AI", "2023-09-27", DECODER, 7.3e9, ("LLaMA",), FREE,
          "jiang2023mistral", "https://mistral.ai/news/announcing-mistral-7b"),
    Model("Yi", "01.AI", "2023-11-02", DECODER, 34e9, ("LLaMA",), OWN, "young2024yi",
          "https://github.com/01-ai/Yi"),
    Model("Grok-1", "xAI", "2023-11", DECODER, 314e9, ("Transformer",), FREE,
          "https://x.ai/news/grok-os", "https://x.ai/news/grok"),
    Model("DeepSeek LLM", "DeepSeek", "2023-11", DECODER, 67e9, ("LLaMA",), OWN,
          "https://github.com/deepseek-ai/DeepSeek-LLM"),
    Model("Gemini 1.0", "Google", "2023-12-06", DECODER, None, ("Transformer",), CLOSED,
          "anil2023gemini", "https://blog.google/technology/ai/google-gemini-ai/"),
    Model("Mixtral 8x7B", "Mistral AI", "2023-12", DECODER, 46.7e9, ("Mistral 7B",), FREE,
          "jiang2024mixtral", "https://mistral.ai/news/mixtral-of-experts"),
    Model("Qwen1.5", "Alibaba", "2024-02", DECODER, 110e9, ("Qwen",), OWN,
          "https://qwenlm.github.io/blog/qwen1.5/"),
    Model("Gemini 1.5", "Google", "2024-02-15", DECODER, None, ("Gemini 1.0",), CLOSED,
          "reid2024gemini",
          "https://blog.google/technology/ai/google-gemini-next-generation-model-february-2024/"),
    Model("Gemma", "Google", "2024-02-21", DECODER, 8.5e9, ("Gemini 1.0",), OWN,
          "https://blog.google/technology/developers/gemma-open-models/"),
    Model("Llama 3", "Meta", "2024-04-18", DECODER, 70e9, ("Llama 2",), OWN,
          "grattafiori2024llama", "https://ai.meta.com/blog/meta-llama-3/"),
    Model("DeepSeek-V2", "DeepSeek", "2024-05", DECODER, 236e9, ("DeepSeek LLM",), OWN,
          "https://huggingface.co/deepseek-ai/DeepSeek-V2"),
    Model("Qwen2", "Alibaba", "2024-06", DECODER, 72e9, ("Qwen1.5",), OWN,
          "https://qwenlm.github.io/blog/qwen2/"),
    Model("Gemma 2", "Google", "2024-06-27", DECODER, 27e9, ("Gemma",), OWN,
          "riviere2024gemma", "https://blog.google/technology/developers/google-gemma-2/"),
    Model("Llama 3.1", "Meta", "2024-07-23", DECODER, 405e9, ("Llama 3",), OWN,
          "grattafiori2024llama", "https://ai.meta.com/blog/meta-llama-3-1/"),
    Model("o1", "OpenAI", "2024-09-12", DECODER, None, (), CLOSED,
          "https://openai.com/index/introducing-openai-o1-preview/"),
    Model("Qwen2.5", "Alibaba", "2024-09-19", DECODER, 72e9, ("Qwen2",), OWN,
          "https://qwenlm.github.io/blog/qwen2.5/"),
    Model("Llama 3.2", "Meta", "2024-09-25", DECODER, 90e9, ("Llama 3.1",), OWN,
          "https://ai.meta.com/blog/llama-3-2-connect-2024-vision-edge-mobile-devices/"),
    Model("SmolLM2", "Hugging Face", "2024-11", DECODER, 1.7e9, ("Llama 2",), FREE,
          "benallal2025smollm"),
    Model("ModernBERT", "Answer.AI, LightOn", "2024-12-18", ENCODER, 395e6, ("BERT",), FREE,
          "warner2025smarter"),
    Model("DeepSeek-V3", "DeepSeek", "2024-12", DECODER, 671e9, ("DeepSeek-V2",), OWN,
          "liu2024deepseek"),
    Model("DeepSeek-R1", "DeepSeek", "2025-01", DECODER, 671e9, ("DeepSeek-V3",), FREE,
          "guo2025deepseek"),
    Model("Grok 3", "xAI", "2025-02", DECODER, None, (), CLOSED, "https://x.ai/news/grok-3"),
    Model("Gemma 3", "Google", "2025-03-12", DECODER, 27e9, ("Gemma 2",), OWN,
          "kamath2025gemma", "https://blog.google/technology/developers/gemma-3/"),
    Model("Llama 4", "Meta", "2025-04-05", DECODER, 400e9, ("Llama 3.1",), OWN,
          "https://ai.meta.com/blog/llama-4-multimodal-intelligence/"),
    Model("Qwen3", "Alibaba", "2025-04", DECODER, 235e9, ("Qwen2.5",), FREE, "yang2025qwen"),
    Model("gpt-oss", "OpenAI", "2025-08-05", DECODER, 117e9, ("GPT-2", "GPT-3"), FREE,
          "openai2025gpt", "https://openai.com/index/introducing-gpt-oss/"),
    Model("Qwen3.5", "Alibaba", "2026-02", DECODER, 397e9, ("Qwen3",), FREE,
          "https://huggingface.co/Qwen/Qwen3.5-397B-A17B"),
    Model("Gemma 4", "Google", "2026-04-02", DECODER, 31e9, ("Gemma 3",), FREE,
          "https://huggingface.co/google/gemma-4-31B"),
]  # fmt: skip
