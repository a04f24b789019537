"""Where signatures are checked as code runs: of what is right, and not of each wrong answer."""

import jaxtyping
import pytest

TYPED = "test_right_answers"


@pytest.fixture(autouse=True)
def shapes_of_what_is_right(request):
    """Wrong answers call references of earlier chapters thousands of times. To look at the shapes of each
    call would take as long as all the rest."""
    if request.node.path.stem == TYPED:
        yield
        return
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)
