"""Attacks by what lies in a submission's folder, and by how its learner is called."""

import os
import stat

from attacks import FULL, HOLDS, NOTHING, STEM, UNGRADED, Attack
from attacks.notebooks import written

RIGHT_FILE = "the notebook itself holds three right answers"
NO_FILE = "there is no notebook of its own"
NOTEBOOK = f"{STEM}.ipynb"


def instead(name, tries, write, says=UNGRADED):
    """Something else in the notebook's place."""
    return Attack(name, tries, NOTHING, NO_FILE, says, write=write)


def besides(name, tries, beside):
    """A right notebook with something beside it."""
    return Attack(name, tries, FULL, RIGHT_FILE, HOLDS, beside=beside)


def called(name):
    """A right notebook of a learner with an odd name."""
    return Attack(
        name, "Has a name that could be a path, a tag or a command.", FULL, RIGHT_FILE, HOLDS
    )


def course_of(folder):
    return folder.parents[2]


def text_beside(**files):
    def put(folder, places):
        for name, text in files.items():
            path = folder / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("@CANARY@", str(places["CANARY"])), encoding="utf8")

    return put


# ---- in the notebook's place


def sparse(size):
    def write(folder, notebook):
        folder.mkdir()
        with open(folder / NOTEBOOK, "wb") as file:
            file.write(written(notebook))
            file.truncate(size)

    return write


def link_to(target):
    """The notebook is a link; `target` is found from the submission's folder."""

    def write(folder, notebook):
        folder.mkdir()
        (folder / NOTEBOOK).symlink_to(target(folder))

    return write


def folder_is_link(target):
    return lambda folder, notebook: folder.symlink_to(target(folder))


def learner_is_link(folder, notebook):
    folder.parent.rmdir()
    folder.parent.symlink_to(course_of(folder) / "submitted" / "honest_right")


def folder_is_file(folder, notebook):
    folder.write_text("my homework", encoding="utf8")


def notebook_is_folder(folder, notebook):
    (folder / NOTEBOOK / NOTEBOOK).mkdir(parents=True)


def special(kind):
    def write(folder, notebook):
        folder.mkdir()
        try:
            os.mknod(folder / NOTEBOOK, kind | 0o600, os.makedev(1, 5))  # of a device: /dev/zero
        except PermissionError:
            os.mkfifo(folder / NOTEBOOK)

    return write


def nothing(folder, notebook):
    folder.mkdir()


def honest(folder):
    return course_of(folder) / "submitted" / "honest_right" / STEM


# ---- beside it


def links(folder, places):
    course = course_of(folder)
    (folder / "photo.png").symlink_to(course / "gradebook.db")
    (folder / "timestamp.txt").symlink_to(course / "secret")
    (folder / "everything").symlink_to(course)
    (folder / "up").symlink_to("..")


def hard_links(folder, places):
    for name, target in (("timestamp.txt", "gradebook.db"), ("notes.ipynb", "secret")):
        os.link(course_of(folder) / target, folder / name)


def pipes(folder, places):
    for name in ("timestamp.txt", "data.csv", "extra.ipynb"):
        os.mkfifo(folder / name)


def odd_names(folder, places):
    for name in ("a\nb", "-rf", "$(touch x)", "x" * 250, "\udcff", "con.ipynb\n", "~"):
        (folder / name).write_text("x", encoding="utf8")


def nested(depth, name="d"):
    """Folders within folders; no path to the innermost one need exist."""

    def put(folder, places):
        place = os.open(folder, os.O_RDONLY)
        for _ in range(depth):
            os.mkdir(name, dir_fd=place)
            deeper = os.open(name, os.O_RDONLY, dir_fd=place)
            os.close(place)
            place = deeper
        os.close(place)

    return put


def nested_in_place(folder, notebook):
    folder.mkdir()
    (folder / NOTEBOOK).mkdir()
    nested(1500)(folder / NOTEBOOK, {})


def thousands(folder, places):
    for number in range(5000):
        (folder / f"{number:05}.csv").touch()
    (folder / "data").mkdir()
    for number in range(5000):
        (folder / "data" / f"{number:05}.ipynb").touch()


def under_another_name(size):
    def write(folder, notebook):
        sparse(size)(folder, notebook)
        (folder / NOTEBOOK).rename(folder / f"Copy of {NOTEBOOK}")

    return write


def late(text):
    return lambda folder, places: (folder / "timestamp.txt").write_bytes(text)


IN_ITS_PLACE = [
    instead("a_hundred_megabytes", "Hands in 100 MB.", sparse(100 * 2**20), "This file has 100 MB"),
    instead(
        "four_terabytes", "Hands in 4 TB, none of them on the disk.", sparse(2**42), "at most 20"
    ),
    instead(
        "link_to_the_gradebook",
        "Hands in a link to the gradebook.",
        link_to(lambda folder: course_of(folder) / "gradebook.db"),
        "This file is a link",
    ),
    instead(
        "link_to_another",
        "Hands in a link to another learner's notebook.",
        link_to(lambda folder: honest(folder) / NOTEBOOK),
        "This file is a link",
    ),
    instead("link_to_itself", "A link that leads nowhere.", link_to(lambda f: f / NOTEBOOK)),
    instead(
        "folder_links_to_course",
        "Its folder is a link to the course: what is foreign there would be moved away.",
        folder_is_link(course_of),
        "There is no file",
    ),
    instead(
        "folder_links_to_another",
        "Its folder is a link to another learner's.",
        folder_is_link(honest),
        "There is no file",
    ),
    instead(
        "learner_links_to_another",
        "All of its submissions are a link to another learner's.",
        learner_is_link,
        "There is no file",
    ),
    instead("folder_is_a_file", "Its folder is a file.", folder_is_file, "There is no file"),
    instead("notebook_is_a_folder", "Its notebook is a folder.", notebook_is_folder, "is a folder"),
    instead("a_pipe", "Its notebook is a pipe that nobody writes to.", special(stat.S_IFIFO)),
    instead("a_device", "Its notebook is a device that never ends.", special(stat.S_IFCHR)),
    instead("a_socket", "Its notebook is a socket.", special(stat.S_IFSOCK)),
    instead(
        "folders_in_its_place",
        "Its notebook is 1,500 folders deep.",
        nested_in_place,
        "is a folder",
    ),
    instead(
        "four_terabytes_renamed",
        "Hands in 4 TB under another name.",
        under_another_name(2**42),
        "at most 20",
    ),
    instead("nothing_at_all", "Hands in an empty folder.", nothing, "There is no file"),
]

MODULE = "open('@CANARY@/imported', 'w').write(__name__)\n"
BESIDE = [
    besides("links_beside", "Links to the gradebook, the secret and the course.", links),
    besides("hard_links", "The gradebook under a name that is copied on.", hard_links),
    besides("pipes_beside", "Pipes where files are read.", pipes),
    besides("odd_names_beside", "Files whose names are no words.", odd_names),
    besides("nested_folders", "Folders within folders, 1,200 deep.", nested(1200)),
    besides("folders_past_any_path", "Deeper than a path can be long.", nested(3000, "deeper")),
    besides("long_folders", "Long names within long names.", nested(300, "x" * 250)),
    besides("thousands_of_files", "Ten thousand files beside its notebook.", thousands),
    besides(
        "modules_beside",
        "Modules that an import could find first, and a configuration.",
        text_beside(
            torch_dot_py=MODULE,
            sitecustomize_dot_py=MODULE,
            nbgrader_config_dot_py=MODULE,
            solutions____init___dot_py=MODULE,
            jupyter_config_dot_json="{}",
        ),
    ),
    besides("timestamp_of_words", "Hands in at no time.", late(b"yesterday, or so")),
    besides("timestamp_of_nines", "Hands in at the end of days.", late(b"9" * 4000)),
    besides("timestamp_of_bytes", "Hands in bytes as a time.", late(bytes(range(256)))),
    besides(
        "timestamp_out_of_range", "A time zone years away.", late(b"2026-01-01 10:00 99999999")
    ),
    besides(
        "timestamp_of_a_file", "A time zone from a file.", late(b"2026-01-01 10:00 /etc/passwd")
    ),
]
NAMES = [
    called("<img src=x onerror=alert(4)>"),
    called("a'; DROP TABLE grade; --"),
    called("Zoë 学生"),
    called("-rf"),
    called(".hidden"),
    called("%2e%2e {student_id} $HOME"),
    called("two\nlines"),
    called("n" * 200),
]
ATTACKS = [*IN_ITS_PLACE, *BESIDE, *NAMES]
