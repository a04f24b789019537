"""Checks and misconceptions for `examine_tagger`."""

from autograder.exercise import Exercise

examine = Exercise(
    "reading_tasks.examine_tagger",
    title="Catch the broken taggers", needs=("decode_bio",),
    kind="examine", of="decode_bio", points=2, difficulty=2, minutes=15,
    broken=("merge_adjacent", "type_change_ignored", "gap_bridged", "last_entity_lost",
            "end_inclusive", "i_without_b_dropped", "hyphen_cut", "long_types_never_go_on",
            "one_of_each_type"),
)  # fmt: skip
