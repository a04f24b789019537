"""What learners mistake for one another: axes, operators, functions of one family, forms.

Owns: the tables, nothing else. Costs, here and where edits are made, follow how many edits of a
kind mended the slips of `checks/` and the answers of attacks: of those that leave a block one in
ten, of axes one in fifty, of names one in six hundred.
"""

import ast

RARE = 6.0  # what is tried last: there are many of these, and one in thousands mends an answer
AXIS = ("dim", "axis", "dims")
AXES = (-1, 0, 1, -2, 2)
WITH_AXIS = {  # functions and methods that run along an axis
    "sum", "mean", "max", "min", "amax", "amin", "argmax", "argmin", "softmax", "log_softmax",
    "logsumexp", "cumsum", "cumprod", "prod", "any", "all", "norm", "std", "var", "sort", "topk",
    "unsqueeze", "squeeze", "gather", "index_select", "index_add", "index_add_", "scatter_add",
    "scatter_add_", "stack", "cat", "concat", "flip", "flatten", "unbind", "split", "chunk",
    "normalize", "select", "narrow", "size", "repeat_interleave", "roll",
}  # fmt: skip
REDUCES = {
    "sum", "mean", "max", "min", "amax", "amin", "argmax", "argmin", "any", "all", "norm", "prod",
    "std", "var", "logsumexp", "squeeze",
}  # fmt: skip
KEEPS = REDUCES - {"squeeze"}
COMPARED = {
    ast.Lt: (ast.LtE, ast.Gt, ast.GtE), ast.LtE: (ast.Lt, ast.GtE), ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE), ast.Eq: (ast.NotEq, ast.GtE, ast.LtE), ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
OPERATORS = {
    ast.Add: (ast.Sub, ast.Mult), ast.Sub: (ast.Add, ast.Div), ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv, ast.Sub), ast.FloorDiv: (ast.Div, ast.Mod),
    ast.Mod: (ast.FloorDiv,), ast.Pow: (ast.Mult,), ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,), ast.BitOr: (ast.BitAnd,), ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,), ast.BitXor: (ast.BitOr, ast.BitAnd),
}  # fmt: skip
FAMILIES = (
    ("sum", "mean", "prod"), ("max", "amax", "min", "amin"), ("argmax", "argmin"),
    ("any", "all"), ("log", "log2", "log10", "log1p", "exp"), ("floor", "ceil", "round", "trunc"),
    ("tril", "triu"), ("append", "extend", "add", "update"), ("softmax", "log_softmax"),
    ("T", "mT"), ("lstrip", "rstrip", "strip"), ("removeprefix", "lstrip"),
    ("removesuffix", "rstrip"), ("find", "rfind", "index", "rindex"),
    ("split", "rsplit", "partition", "rpartition"), ("startswith", "endswith"),
    ("zeros", "ones"), ("zeros_like", "ones_like", "full_like"), ("lower", "upper", "casefold"),
    ("view", "reshape"), ("sqrt", "square"), ("keys", "values", "items"), ("clamp", "abs"),
    ("std", "var"), ("stack", "cat"), ("isalpha", "isalnum", "isdigit"), ("gt", "ge"),
    ("lt", "le"), ("search", "match", "fullmatch"), ("cumsum", "cumprod"), ("long", "float"),
    ("repeat", "repeat_interleave", "expand"), ("fill_", "masked_fill", "masked_fill_"),
)  # fmt: skip
BARE = (("min", "max"), ("any", "all"), ("floor", "ceil"), ("list", "tuple", "set"), ("sum", "len"),
        ("float", "int", "round"), ("sorted", "list"))  # fmt: skip
OFTEN_FORGOTTEN = {
    "sorted": ("reverse=True",), "pad_sequence": ("batch_first=True",), "round": ("0",),
    "one_hot": ("num_classes=-1",), "where": ("0.0",), "decode": ('errors="replace"',),
}  # fmt: skip
SLICED = ("[..., None]", "[:, None]", "[None]", "[1:]", "[:-1]", "[0]", "[-1]", "[::-1]")
MADE = (".float()", ".mT", ".T", ".clone()", ".long()", ".bool()", ".abs()", ".values", ".lower()",
        ".exp()", ".log()")  # fmt: skip
RETURNED = (".float()", ".squeeze(-1)", ".squeeze(0)", ".values", ".indices", "[0]", ".item()",
            ".tolist()", ".mT", ".exp()", ".log()", ".sqrt()", ".unsqueeze(0)")  # fmt: skip
