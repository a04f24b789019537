"""More misconceptions for `LoRALinear`: modules built in another way."""

import torch
from torch import nn
from torch.nn import functional as F

from autograder.checks.low_rank.LoRALinear import low


class Layer(nn.Module):
    """What the modules below share."""

    def __init__(self, W, b, r, alpha, dropout):
        super().__init__()
        self.register_buffer("W", W)
        self.register_buffer("b", b)
        self.A = nn.Parameter(torch.randn(r, W.shape[1]).to(W.dtype))
        self.B = nn.Parameter(torch.zeros(W.shape[0], r).to(W.dtype))
        self.scale, self.p = alpha / r, dropout

    def forward(self, x):
        read = F.dropout(x, self.p, self.training)
        return F.linear(x, self.W, self.b) + self.scale * F.linear(F.linear(read, self.A), self.B)


@low.misconception(
    seen="Without dropout it is right. Where on the path is something dropped?",
    why="Dropout comes after the path here, and drops outputs. It comes before: numbers of x are "
    "dropped, and with a number all that it would have given.",
)
class dropout_on_output(Layer):
    def forward(self, x):
        path = F.linear(F.linear(x, self.A), self.B)
        return F.linear(x, self.W, self.b) + F.dropout(self.scale * path, self.p, self.training)


@low.misconception(
    seen="In eval mode it is right. Is anything dropped in training?",
    why="Nothing is dropped here, not even in training. `F.dropout` or `nn.Dropout` on x, before A.",
)
class never_dropping(Layer):
    def forward(self, x):
        path = F.linear(F.linear(x, self.A), self.B)
        return F.linear(x, self.W, self.b) + self.scale * path


@low.misconception(
    seen="A new layer is right. Which of the two matrices begins with zeros?",
    why="A begins with zeros here and B with random numbers. It would learn as well. But the paper "
    "draws A and begins with B = 0, and so does `peft`.", convention=True,
)  # fmt: skip
class other_one_zero(Layer):
    def __init__(self, W, b, r, alpha, dropout):
        super().__init__(W, b, r, alpha, dropout)
        self.A = nn.Parameter(torch.zeros_like(self.A))
        self.B = nn.Parameter(torch.randn_like(self.B))


@low.misconception(
    seen="Which shape has A, (r, I) or (I, r)?",
    why="A and B are stored as (in, out) here, as the matrices of GPT-2's Conv1D are. This layer "
    "stores all its matrices as (out, in): A is (r, I) and B is (O, r).", convention=True,
)  # fmt: skip
class a_b_swapped(Layer):
    def __init__(self, W, b, r, alpha, dropout):
        super().__init__(W, b, r, alpha, dropout)
        self.A, self.B = nn.Parameter(self.A.T.clone()), nn.Parameter(self.B.T.clone())

    def forward(self, x):
        return F.linear(x, self.W, self.b) + self.scale * (x @ self.A @ self.B)


@low.misconception(
    seen="The numbers that come out are right. How many matrices are trained?",
    why="W and b are parameters here, so an optimizer would train them, too. What stays as it is "
    "becomes a buffer: `register_buffer`.",
)
class all_trained(Layer):
    def __init__(self, W, b, r, alpha, dropout):
        super().__init__(W, b, r, alpha, dropout)
        del self.W, self.b
        self.W, self.b = nn.Parameter(W.clone()), nn.Parameter(b.clone())


@low.misconception(
    seen="Does the module keep W and b as buffers of these names?",
    why="W and b are plain attributes here. `state_dict` leaves them out, and `.to(device)` leaves "
    "them where they are. `register_buffer` keeps a tensor as part of the module.",
)
class plain_attributes(Layer):
    def __init__(self, W, b, r, alpha, dropout):
        super().__init__(W, b, r, alpha, dropout)
        del self.W, self.b
        self.W, self.b = W, b


@low.misconception(
    seen="With A and B of ours something is missing. What does a LoRA layer give besides the update?",
    why="Only the update comes out here. It is added to what the old layer gives.",
)
class update_alone(Layer):
    def forward(self, x):
        read = F.dropout(x, self.p, self.training)
        return self.scale * (read @ self.A.T @ self.B.T)


@low.alternative
class with_modules(nn.Module):
    def __init__(self, W, b, r, alpha, dropout):
        super().__init__()
        self.register_buffer("W", W.clone())
        self.register_buffer("b", b.clone())
        self.A = nn.Parameter(torch.empty(r, W.shape[-1], dtype=W.dtype))
        nn.init.kaiming_uniform_(self.A, a=5**0.5)
        self.B = nn.Parameter(W.new_zeros(len(W), r))
        self.drop, self.alpha, self.r = nn.Dropout(dropout), alpha, r

    def forward(self, x):
        update = torch.einsum("...i,ri,or->...o", self.drop(x), self.A, self.B)
        return F.linear(x, self.W, self.b) + update * self.alpha / self.r
