"""Checks and misconceptions for `retrieve_top_k`."""

import torch
from torch.nn import functional as F

from autograder.exercise import Exercise, agree


def shelves(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def apart(queries, n, d):
        """Rows whose similarities to each query differ by more than roundings do."""
        while True:
            Q, X = draw(queries, d), draw(n, d)
            likeness = (F.normalize(Q, dim=-1) @ F.normalize(X, dim=-1).T).sort(dim=-1).values
            if (likeness.diff(dim=-1) > 2e-3).all():
                return Q, X

    Q, X = apart(1, 5, 3)
    long = X * torch.tensor([0.3, 6.0, 1.0, 0.05, 2.5])[torch.randperm(5, generator=g)][:, None]
    asked = apart(3, 8, 5)
    same = apart(4, 4, 6)[1]
    axes = torch.eye(4)[[0, 2, 1, 2, 3, 2, 0]] * (1 + draw(7, 1).abs().round())
    aside = torch.eye(3)[[2, 0, 2, 0, 2]]
    low = -apart(1, 4, 6)[1].abs()
    empty = apart(1, 6, 5)[1].abs()
    empty[int(torch.randint(6, (), generator=g))] = 0
    nothing = apart(2, 5, 4)
    nothing[0][int(torch.randint(2, (), generator=g))] = 0
    return {
        "the best two of five are asked for": (Q, X, 2),
        "rows have very different lengths": (Q, long, 2),
        "queries have very different lengths": (
            asked[0] * torch.tensor([[40.0], [0.2], [1.0]]), asked[1], 3,
        ),
        "only the best one is asked for": (*apart(4, 9, 3), 1),
        "more rows are asked for than there are": (*apart(2, 3, 4), 6),
        "all rows are asked for": (*apart(2, 5, 7), 5),
        "the queries are rows themselves": (same[[1, 3, 0]], same, 2),
        "the best row is there three times": (torch.tensor([[0.0, 0.0, 2.0, 0.0]]), axes, 2),
        "nothing is like the query but one pair": (torch.tensor([[0.0, 0.0, 1.0]]), aside, 4),
        "all similarities are negative": (low.mean(dim=0, keepdim=True).neg(), low, 2),
        "a row is all zeros": (empty[(empty == 0).all(dim=1).logical_not()].mean(0)[None], empty, 6),
        "a query is all zeros": (*nothing, 3),
    }  # fmt: skip


nearest = Exercise(
    "retrieval_and_tools.retrieve_top_k", fast_track=True,
    title="A search by vectors", needs=("cosine_similarity_matrix",),
    points=2, difficulty=2, minutes=10, examples=shelves,
)  # fmt: skip
nearest.leave_out("one D", "all numbers point one of two ways: everything ties, up to roundings")
nearest.excuse("detach", "gradients are not asked for where the reference has none")
nearest.excuse("dim=-1", "there are two axes: the last one is number 1 as well")


@nearest.oracle("sklearn.neighbors.NearestNeighbors, ties in the order of rows")
def _(Q, X, k):
    from sklearn.neighbors import NearestNeighbors

    # all rows are asked for, since it does not say which of those that tie it leaves out
    found = NearestNeighbors(n_neighbors=len(X), metric="cosine", algorithm="brute").fit(X.numpy())
    distances, rows = found.kneighbors(Q.numpy())
    best = [
        sorted(zip((-1 + d).round(6), r, d, strict=True))[:k]
        for d, r in zip(distances, rows, strict=True)
    ]
    idx = torch.tensor([[int(r) for _, r, _ in row] for row in best])
    return idx, torch.tensor([[1 - float(d) for *_, d in row] for row in best], dtype=Q.dtype)


@nearest.alternative
def a_row_at_a_time(Q, X, k):
    all_idx, all_scores = [], []
    for query in Q:
        likeness = F.cosine_similarity(query[None], X, dim=1)
        order = sorted(range(len(X)), key=lambda i: -float(likeness[i]))[:k]
        all_idx.append(order)
        all_scores.append(likeness[order])
    return torch.tensor(all_idx), torch.stack(all_scores)


@nearest.claim("a row that points the same way has the similarity 1, however long it is")
def _(answer):
    X = torch.tensor([[3.0, 4.0, 0.0], [0.06, 0.08, 0.0], [30.0, 0.0, 40.0]])
    queries = torch.tensor([[6.0, 8.0, 0.0]]), torch.tensor([[0.3, 0.0, 0.4]])
    first, second = answer.each(*[(query, X, 1) for query in queries])
    assert int(first[0][0, 0]) in (0, 1)
    assert int(second[0][0, 0]) == 2
    agree(first[1], torch.ones(1, 1))
    agree(second[1], torch.ones(1, 1))


@nearest.claim("the most alike comes first, and the similarity falls along a row")
def _(answer):
    X = torch.tensor([[0.0, 1.0], [-1.0, 0.0], [1.0, 1.0], [1.0, 0.1]])
    idx, scores = answer(torch.tensor([[2.0, 0.0]]), X, 4)
    assert idx.tolist() == [[3, 2, 0, 1]]
    agree(scores[0, [2, 3]], torch.tensor([0.0, -1.0]))
    assert (scores.diff(dim=-1) < 0).all()


@nearest.claim("a query that is one of the rows finds itself first")
def _(answer):
    X = torch.randn(7, 5)
    idx, scores = answer(X[[4, 1, 6]], X, 2)
    assert idx[:, 0].tolist() == [4, 1, 6]
    agree(scores[:, 0], torch.ones(3))


@nearest.claim("each query finds what it would find alone")
def _(answer):
    Q, X = torch.randn(5, 6), torch.randn(9, 6)
    together, *alone = answer.each((Q, X, 3), *[(query[None], X, 3) for query in Q])
    assert together[0].tolist() == [idx[0].tolist() for idx, _ in alone]
    assert len({tuple(row) for row in together[0].tolist()}) > 1
    agree(together[1], torch.cat([scores for _, scores in alone]))


@nearest.claim("where more are asked for than there are, all are given", universal=True)
def _(answer):
    idx, _ = answer(torch.randn(2, 3), torch.randn(4, 3), 9)
    assert sorted(idx[0].tolist()) == [0, 1, 2, 3]


nearest.slip(
    "F.normalize(Q, dim=-1) @ F.normalize(X, dim=-1).T", "Q @ X.T", name="dot_product",
    convention=True,
    seen="Where all vectors have length 1 it is right. Which rows gain by their length?",
    why="These are plain products. A long row is like everything then. Many search engines do this "
    "because their vectors have length 1; here they need not.",
)  # fmt: skip
nearest.slip(
    "F.normalize(Q, dim=-1)", "Q", name="query_not_normalised",
    seen="The rows and their order are right. How alike are a vector and twice that vector?",
    why="Only the rows of X are divided by their length here. The order is the same for a query, "
    "but the similarity is not the cosine: the query is divided, too.",
)  # fmt: skip
nearest.slip(
    "F.normalize(X, dim=-1)", "X", name="rows_not_normalised",
    seen="Where rows have length 1 it is right. Which rows gain by their length?",
    why="Only the query is divided by its length here, so that long rows come first.",
)  # fmt: skip
nearest.slip(
    "F.normalize(X, dim=-1)", "F.normalize(X, dim=0)", name="normalised_over_rows",
    seen="Which numbers make the length of one vector?",
    why="The columns of X are divided by their lengths here, and not its rows. One vector is one row: "
    "`dim=-1`.",
)  # fmt: skip
nearest.slip(
    "descending=True", "descending=False", name="least_alike",
    seen="All similarities are right. Which are wanted, the largest or the smallest?",
    why="The *least* alike come first here. A cosine is a similarity and not a distance: the largest are "
    "wanted.",
)  # fmt: skip
nearest.slip(
    "scores, idx = likeness.sort(dim=-1, descending=True, stable=True)",
    "scores, idx = (1 - likeness).sort(dim=-1, stable=True)", name="distance_as_similarity",
    seen="The rows and their order are right. Is 0 the score of the same or of the most different?",
    why="The scores are distances here, 1 - cosine. That is what `NearestNeighbors` gives. Asked "
    "for is how *alike* they are.",
)  # fmt: skip
nearest.slip(
    "idx[:, :k], scores[:, :k]", "idx[:, 1 : k + 1], scores[:, 1 : k + 1]", name="query_in_index",
    seen="Is the first hit always the query itself?",
    why="The first hit is thrown away here, as one does where each query is itself a row of X. These "
    "queries come from elsewhere: their first hit is the best one.",
)  # fmt: skip
nearest.slip(
    "F.normalize(Q, dim=-1)", "Q / Q.norm(dim=-1, keepdim=True)", name="query_of_zeros",
    seen="All queries that are not zeros are right. What is 0 divided by 0?",
    why="A query of zeros is divided by its length here, which is 0 and gives nan. It has the "
    "similarity 0 with every row: `F.normalize` divides by at least 1e-12.",
)  # fmt: skip


@nearest.misconception(
    seen="Where there are enough rows it is right. What if more are asked for than there are?",
    why="`topk` raises an error where k is larger than the number of rows. Ask it for `min(k, "
    "len(X))`.",
)
def k_gt_n(Q, X, k):
    scores, idx = (F.normalize(Q.detach(), dim=-1) @ F.normalize(X.detach(), dim=-1).T).topk(k)
    return idx, scores


@nearest.misconception(
    code="topk",
    seen="Rows that are all unlike are right. In which order does `topk` give rows that tie?",
    why="`topk` promises no order among equals, and not even which of them it takes. A stable sort "
    "leaves them in the order of their numbers, so that the same search always finds the same.",
)
def topk_with_ties(Q, X, k):
    likeness = F.normalize(Q.detach(), dim=-1) @ F.normalize(X.detach(), dim=-1).T
    scores, idx = likeness.topk(min(k, len(X)), dim=-1)
    return idx, scores


@nearest.misconception(
    seen="All rows that are not zeros are right. What is 0 divided by 0?",
    why="A row of zeros is divided by its length here, which is 0 and gives nan. To `sort` and "
    "`topk` a nan is the largest of all, so an empty row comes first. `F.normalize` divides by at "
    "least 1e-12.",
)
def nan_comes_first(Q, X, k):
    Q, X = Q.detach(), X.detach()
    likeness = (Q / Q.norm(dim=-1, keepdim=True)) @ (X / X.norm(dim=-1, keepdim=True)).T
    scores, idx = likeness.sort(dim=-1, descending=True, stable=True)
    return idx[:, :k], scores[:, :k]


@nearest.misconception(
    seen="Which of two rows is more alike: the one that is near, or the one that points the same way?",
    why="The rows with the smallest Euclidean distance are taken here, and their scores are distances. "
    "Alike means here: pointing the same way.",
)
def euclidean(Q, X, k):
    distances, idx = torch.cdist(Q.detach(), X.detach()).sort(dim=-1, stable=True)
    return idx[:, :k], distances[:, :k]


@nearest.misconception(
    seen="Is the row that is near the one that points the same way?",
    why="The rows with the smallest Euclidean distance are taken here, with their cosines as scores. "
    "Alike means here: pointing the same way, so the cosine decides the order as well.",
)
def euclidean_order(Q, X, k):
    Q, X = Q.detach(), X.detach()
    idx = torch.cdist(Q, X).argsort(dim=-1, stable=True)[:, :k]
    return idx, (F.normalize(Q, dim=-1) @ F.normalize(X, dim=-1).T).gather(1, idx)


@nearest.misconception(
    seen="Which numbers make the length of one vector?",
    why="Columns are divided by their lengths here, in Q and in X. One vector is one row: `dim=-1`.",
)
def both_over_rows(Q, X, k):
    likeness = F.normalize(Q.detach(), dim=0) @ F.normalize(X.detach(), dim=0).T
    scores, idx = likeness.sort(dim=-1, descending=True, stable=True)
    return idx[:, :k], scores[:, :k]


@nearest.misconception(
    seen="The first query is right. Do all queries find the same rows?",
    why="The rows that the first query finds are given for each query here. Each is sorted by its own "
    "similarities: along the last axis, a row at a time.",
)
def first_query_for_all(Q, X, k):
    likeness = F.normalize(Q.detach(), dim=-1) @ F.normalize(X.detach(), dim=-1).T
    idx = likeness[0].argsort(descending=True, stable=True)[:k]
    return idx.repeat(len(Q), 1), likeness[:, idx]


@nearest.misconception(
    seen="Both answers are right. In which order are they asked for?",
    why="The scores come first here, as in `topk` and `sort`. Asked for is (idx, scores).",
)
def values_first(Q, X, k):
    likeness = F.normalize(Q.detach(), dim=-1) @ F.normalize(X.detach(), dim=-1).T
    scores, idx = likeness.sort(dim=-1, descending=True, stable=True)
    return scores[:, :k], idx[:, :k]


@nearest.misconception(
    seen="Rows that are all unlike are right. In which order do equally alike ones come?",
    why="The list is sorted upwards and turned round here, so that of equally alike rows the last "
    "comes first. Sort downwards, with `stable=True`.",
)
def ties_turned_round(Q, X, k):
    likeness = F.normalize(Q.detach(), dim=-1) @ F.normalize(X.detach(), dim=-1).T
    scores, idx = likeness.sort(dim=-1, stable=True)
    return idx.flip(-1)[:, :k], scores.flip(-1)[:, :k]
