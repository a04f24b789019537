"""Seeds of a class: drawn from a pool, which nobody can tell who does not hold the secret."""

from autograder.course.examiner import POOL, seed_for

STEM = "self_attention"


def test_few_learners_are_asked_the_same(tmp_path):
    """Are the numbers of a class spread over a pool, another in each chapter, never the public ones?"""
    drawn = [seed_for(tmp_path, STEM, f"learner {number}") for number in range(40 * POOL)]
    assert len(set(drawn)) == POOL
    assert max(map(drawn.count, drawn)) < 2 * len(drawn) / POOL
    assert min(drawn) > 0
    assert max(drawn) < 2**63  # what a generator takes
    assert drawn[0] == seed_for(tmp_path, STEM, "learner 0")
    assert not {seed_for(tmp_path, "another", f"learner {number}") for number in range(99)} & {
        *drawn
    }


def test_who_holds_no_secret_cannot_tell_a_seed(tmp_path):
    """Do both the pool and its member hang on the secret, in courses that are alike else?"""
    places = []
    for number in range(2):
        course = tmp_path / str(number)
        course.mkdir()
        drawn = [seed_for(course, STEM, f"learner {learner}") for learner in range(99)]
        places.append([seed - min(drawn) for seed in drawn])
        assert not {*drawn} & {seed_for(tmp_path, STEM, f"learner {n}") for n in range(99)}
    assert places[0] != places[1]
