"""The commands of instructors and of authors: `python -m autograder --help`."""

import argparse
import sys

from autograder.author import commands as authors
from autograder.course import commands as instructors


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(prog="python -m autograder", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    instructors.add(commands)
    authors.add(commands)
    options = parser.parse_args(arguments)
    return options.run(options) or 0


if __name__ == "__main__":
    sys.exit(main())
