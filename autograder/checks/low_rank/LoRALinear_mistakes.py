"""More misconceptions for `LoRALinear`: modules built in another way, and what they drop."""

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

    def dropped(self, x):
        return F.dropout(x, self.p, self.training)

    def both(self, x, read):
        """What the old layer gives of x, and the path of what it reads."""
        return F.linear(x, self.W, self.b) + self.scale * F.linear(F.linear(read, self.A), self.B)

    def instead(self, **others):
        """Other things of these names."""
        for name, thing in others.items():
            delattr(self, name)
            setattr(self, name, thing)

    def forward(self, x):
        return self.both(x, self.dropped(x))


@low.misconception(
    seen="The numbers that come out are right. Which of A and B gets a gradient?",
    why="A gets no gradient here, so only B would be trained. Both are.",
)
class a_never_learns(Layer):
    def forward(self, x):
        path = F.linear(F.linear(self.dropped(x), self.A.detach()), self.B)
        return F.linear(x, self.W, self.b) + self.scale * path


@low.misconception(
    seen="The numbers that come out are right. Which of A and B gets a gradient?",
    why="B gets no gradient here. It begins with zeros, and would stay zero: the path adds nothing.",
)
class b_never_learns(Layer):
    def forward(self, x):
        path = F.linear(F.linear(self.dropped(x), self.A), self.B.detach())
        return F.linear(x, self.W, self.b) + self.scale * path


@low.misconception(
    seen="The numbers that come out are right. How do the layers below this one learn?",
    why="The old layer reads x without its gradient here. Its matrix is frozen, but the layers below "
    "learn through it: only W and b need no gradient.",
)
class old_layer_cut_off(Layer):
    def forward(self, x):
        return self.both(x.detach(), self.dropped(x))


@low.misconception(
    seen="The first call in eval mode is right. What does a second one give?",
    why="The update is added into W at every call in eval mode here, so the second call has it twice. "
    "A call leaves the buffers as they are.",
)
class merged_at_each_call(Layer):
    def forward(self, x):
        if self.training:
            return self.both(x, self.dropped(x))
        self.W = self.W + self.scale * (self.B @ self.A).detach()
        return F.linear(x, self.W, self.b)


@low.misconception(
    seen="The first call in eval mode is right. What if A and B have learned more since then?",
    why="The merged matrix is computed at the first call in eval mode here and kept. After more "
    "training it is out of date.",
)
class merged_once(Layer):
    def forward(self, x):
        if self.training:
            return self.both(x, self.dropped(x))
        if not hasattr(self, "merged"):
            self.merged = (self.W + self.scale * self.B @ self.A).detach()
        return F.linear(x, self.merged, self.b)


@low.misconception(
    seen="One layer is right. How does A begin in a second layer of the same shape?",
    why="The seed is set inside the layer here, so all layers of one shape begin alike, and the "
    "caller's random numbers begin anew. Leave the seed to who calls.",
)
class same_a_everywhere(Layer):
    def __init__(self, W, b, r, alpha, dropout):
        with torch.random.fork_rng():
            torch.manual_seed(0)
            super().__init__(W, b, r, alpha, dropout)


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
        self.instead(W=nn.Parameter(W.clone()), b=nn.Parameter(b.clone()))


@low.misconception(
    seen="The numbers that come out are right. How many matrices are trained?",
    why="W is a parameter here, so an optimizer would train it, too. What stays as it is becomes a "
    "buffer: `register_buffer`.",
)
class w_trained(Layer):
    def __init__(self, W, b, r, alpha, dropout):
        super().__init__(W, b, r, alpha, dropout)
        self.instead(W=nn.Parameter(W.clone()))


@low.misconception(
    seen="W and b get no gradient, as they should. Are they among the module's parameters?",
    why="W and b are frozen parameters here. Nothing trains them, but whoever counts the parameters "
    "finds them. The task has them as buffers: `register_buffer`.", convention=True,
)  # fmt: skip
class frozen_parameters(Layer):
    def __init__(self, W, b, r, alpha, dropout):
        super().__init__(W, b, r, alpha, dropout)
        W, b = (nn.Parameter(each.clone(), requires_grad=False) for each in (W, b))
        self.instead(W=W, b=b)


@low.misconception(
    seen="In training it is right. What does the path add after `eval()`?",
    why="The path is used in training only here. Afterwards the model would be the old one again.",
)
class path_in_training_only(Layer):
    def forward(self, x):
        return self.both(x, self.dropped(x)) if self.training else F.linear(x, self.W, self.b)


@low.misconception(
    seen="Does the module keep W and b as buffers of these names?",
    why="W and b are plain attributes here. `state_dict` leaves them out, and `.to(device)` leaves "
    "them where they are. `register_buffer` keeps a tensor as part of the module.",
)
class plain_attributes(Layer):
    def __init__(self, W, b, r, alpha, dropout):
        super().__init__(W, b, r, alpha, dropout)
        self.instead(W=W, b=b)


@low.misconception(
    seen="With A and B of ours something is missing. What does a LoRA layer give besides the update?",
    why="Only the update comes out here. It is added to what the old layer gives.",
)
class update_alone(Layer):
    def forward(self, x):
        return self.scale * (self.dropped(x) @ self.A.T @ self.B.T)


@low.misconception(
    seen="Without dropout it is right. Where on the path is something dropped?",
    why="Dropout comes after A here, in the middle of the path or at its end. It comes before: numbers "
    "of x are dropped, and with a number all that it would have given.",
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
        return self.both(x, x)


@low.misconception(
    seen="In eval mode it is right. Do all vectors of a batch lose the same numbers?",
    why="What is dropped is drawn once for the whole batch here, so all its vectors lose the same "
    "numbers. `F.dropout` on x draws for each number of each vector.",
)
class one_mask_for_all(Layer):
    def forward(self, x):
        return self.both(x, x * self.dropped(x.new_ones(x.shape[-1])))


@low.misconception(
    seen="In eval mode it is right. Does a vector lose some of its numbers, or all of them at once?",
    why="Whole vectors are dropped here. Each number of a vector is dropped by itself.",
)
class whole_vectors(Layer):
    def forward(self, x):
        return self.both(x, x * self.dropped(torch.ones_like(x[..., :1])))


@low.misconception(
    seen="With dropout = 0.5 it is right. Is `dropout` the share that goes, or the share that stays?",
    why="`dropout` is taken as the probability to keep a number here. It is the probability to drop "
    "it. With 0 nothing is dropped.",
)
class kept_with_p(Layer):
    def forward(self, x):
        return self.both(x, F.dropout(x, 1 - self.p, self.training))


@low.misconception(
    seen="The right share is dropped. What becomes of the numbers that are kept?",
    why="What is left stays as large as it was here, so that in training the path adds less than it "
    "will later. torch's dropout divides it by 1 - dropout.",
)
class not_scaled_up(Layer):
    def forward(self, x):
        return self.both(x, x * (torch.rand_like(x) >= self.p * self.training))


@low.misconception(
    seen="With dropout = 0.5 it is right. Where is `dropout` used?",
    why="Half of the numbers are dropped here, whatever `dropout` is. 0.5 is only what torch takes "
    "if nothing is said.",
)
class always_half(Layer):
    def forward(self, x):
        return self.both(x, F.dropout(x, training=self.training))


@low.misconception(
    seen="The first call in training is right. Are the same numbers dropped in the second?",
    why="The same numbers are dropped at every call here. They are drawn anew at each one, or the "
    "path would never learn from the others. Leave the seed alone, too.",
)
class same_mask(Layer):
    def forward(self, x):
        with torch.random.fork_rng():
            torch.manual_seed(0)
            return self.both(x, self.dropped(x))


@low.misconception(
    seen="The outputs are right. What does the caller's x look like after a call in training?",
    why="Dropout is applied in place here, so the caller's x has lost numbers, and the old layer reads "
    "what is left. Without `inplace` x stays as it is.",
)
class dropped_in_place(Layer):
    def forward(self, x):
        return self.both(x, F.dropout(x, self.p, self.training, inplace=True))


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
