"""The works of `references.bib`, and what pages say of them."""

import re
import unicodedata
from collections import Counter
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from extension import book_module
from pages import ROOT, SOURCES

PAGES = sorted(ROOT / page for page in SOURCES if page.startswith(("book/", "chapters/")))
CITING = [
    *PAGES,
    *sorted(ROOT.glob("solutions/*.py")),
    *sorted(ROOT.glob("autograder/checks/*/*.py")),
]
LINK = re.compile(r"\[([^\]]*)\]\((https?://[^)\s]+)\)")
PAPERS = ("arxiv.org", "aclanthology.org", "doi.org", "neurips.cc", "nips.cc", "jmlr.org",
          "openreview.net", "mlr.press", "nature.com", "cdn.openai.com")  # fmt: skip
# Works that are rewritten every year, and cited as they stand.
UNDATED = {"huggingfacellm", "jurafskyspeech"}

hover = book_module("hover")
bibliography = book_module("bibliography")
WORKS = {work.key: work for work in hover.works().values()}
every_work = pytest.mark.parametrize("work", WORKS.values(), ids=WORKS)


def links() -> list[tuple[str, str, str]]:
    """(page, text, address) of each link that leads out of the book."""
    return [
        (str(page.relative_to(ROOT)), *link)
        for page in PAGES
        for link in LINK.findall(page.read_text(encoding="utf8"))
    ]


def is_paper(address: str) -> bool:
    host = urlsplit(address).hostname
    return any(host == known or host.endswith(f".{known}") for known in PAPERS)


def letters(name: str) -> str:
    """A name as a key spells it: a to z."""
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", name).lower())


def first_author(work) -> str:
    person = work.persons["author"][0]
    return hover.unbraced(" ".join(person.prelast_names + person.last_names))


def cited_without_a_link(text: str) -> list[tuple[str, str]]:
    """(first author, year) of works that a text names in words: Kudo 2018, Devlin et al. 2019."""
    name = r"[A-Z][\w-]+"
    others = rf"(?: et al\.|(?:, {name})* and {name})?"
    known = "|".join(sorted({re.escape(first_author(work)) for work in WORKS.values()}))
    return re.findall(rf"\b({known}){others},? \(?((?:19|20)\d\d)\b", text)


# ---- what stands in the file


def test_every_paper_that_a_page_links_to_has_an_entry():
    """Does the author of a new chapter learn which works are not in the bibliography yet?"""
    missing = [(page, address) for page, _, address in links()
               if is_paper(address) and not hover.work_at(address)]  # fmt: skip
    assert not missing, f"add these to references.bib: {missing}"


def test_every_entry_is_cited():
    """Is the bibliography a list of what the book leans on, and of nothing else?"""
    cited = {work.key for _, _, address in links() if (work := hover.work_at(address))}
    assert set(WORKS) - cited == set()


def test_keys_and_addresses_are_there_once_and_in_order():
    """Can an entry be found by eye, and can two not claim one link?"""
    text = (ROOT / "references.bib").read_text(encoding="utf8")
    keys = re.findall(r"^@\w+\{(.+),$", text, re.MULTILINE)
    assert keys == sorted(set(keys))
    addresses = Counter(
        re.sub(r"^https?://(www\.)?", "", address.rstrip("/"))
        for address in re.findall(r"^ +url += \{(.+)\},$", text, re.MULTILINE)
    )
    assert set(addresses.values()) == {1}
    assert len(addresses) == len(keys) == len(WORKS)


@every_work
def test_an_entry_says_who_when_what_and_where(work):
    """Is there enough to find the work should its link die?"""
    assert work.persons["author"]
    assert work.fields["title"]
    dated = {"year"} if re.fullmatch(r"(19|20)\d\d", work.fields.get("year", "")) else set()
    assert dated or work.key in UNDATED
    assert hover.appeared_in(work) or work.key in UNDATED


@every_work
def test_a_key_begins_with_first_author_and_year(work):
    """Can one guess the key of a work, and see that it is not there?"""
    start = letters(first_author(work)) + work.fields.get("year", "")
    assert re.fullmatch(rf"{start}[a-z]+", work.key)


@pytest.mark.parametrize(("page", "text", "address"), links())
def test_a_link_tells_the_authors_and_the_year_of_its_work(page, text, address):
    """Does "Devlin et al. 2019" lead to a work of Devlin's that the list has under that year?"""
    work = hover.work_at(address)
    year = re.search(r"\b(?:19|20)\d\d\b", text)
    if not work or not year:
        return
    assert year[0] == work.fields.get("year"), f"{page}: {text}: {work.key}"
    if name := text[: year.start()].strip():
        assert first_author(work) in name, f"{page}: {text}: {work.key}"


@pytest.mark.parametrize("path", CITING, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_year_without_a_link_is_that_of_the_list(path):
    """Has a work one year only, also in a docstring, a hint, or a sentence without a link?"""
    dated = {(first_author(work), work.fields.get("year")) for work in WORKS.values()}
    assert not set(cited_without_a_link(path.read_text(encoding="utf8"))) - dated


def test_works_are_found_by_first_author_and_year():
    """Is one author found, two, three, others, with a comma or a bracket?"""
    text = (
        "Kudo 2018; Liu and Lapata (2019); Sennrich, Haddow and Birch 2016; Devlin et al., 2019; "
        "Nobody 2020, BERT 2018"
    )
    found = cited_without_a_link(text)
    assert found == [("Kudo", "2018"), ("Liu", "2019"), ("Sennrich", "2016"), ("Devlin", "2019")]


# ---- what is said of a work


def test_a_link_to_a_page_or_a_place_in_a_work_is_a_link_to_the_work():
    """Does chapter 1 of a course count as the course, and another paper not as this one?"""
    course = "https://huggingface.co/learn/llm-course"
    for address in (course, f"{course}/", f"{course}/chapter1/3", f"{course}#top"):
        assert hover.work_at(address).key == "huggingfacellm"
    for address in (f"{course}s", "https://huggingface.co/learn", "https://arxiv.org/abs/1", ""):
        assert hover.work_at(address) is None


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("shannon1948mathematical", "Shannon. 1948. A Mathematical Theory of Communication. Bell "),
        ("tjongkimsang1999representing", "Tjong Kim Sang and Veenstra. 1999. Representing Text "),
        ("bahdanau2015neural", "Bahdanau, Cho and Bengio. 2015. Neural Machine Translation by "),
        ("vaswani2017attention", "Vaswani and others. 2017. Attention Is All You Need. NeurIPS."),
        ("schaeffer2023emergent", "Schaeffer, Miranda and Koyejo. 2023. Are Emergent Abilities "
                                  "of Large Language Models a Mirage? NeurIPS."),
        ("openai2023gpt", "OpenAI. 2023. GPT-4 Technical Report. arXiv."),
        ("huggingfacellm", "Hugging Face. LLM Course."),
    ],
)  # fmt: skip
def test_a_hint_is_a_short_reference(key, said):
    """One author, two, three, or others; no braces of BibTeX; nothing made up where it is silent?"""
    assert hover.reference(WORKS[key]).startswith(said)


def test_a_link_to_a_work_gets_its_hint_and_the_first_one_an_anchor():
    """Can the bibliography lead back to the sentence, with no other link touched?"""
    link = '<a class="reference external" href="{}">x</a>'
    paper, other = "https://arxiv.org/abs/1706.03762", "https://example.org"
    context = {"body": "".join(map(link.format, (paper, other, f"{paper}#section.3")))}
    hover.add_citations(None, "chapters/page", None, context, None)
    first, second, third = context["body"].split("</a>")[:3]
    assert 'id="cited-vaswani2017attention" data-tip="Vaswani and others. 2017.' in first
    assert second + "</a>" == link.format(other)
    assert "data-tip" in third
    assert "id=" not in third


# ---- the page


def book(**pages):
    """A book of a few pages, as Sphinx's environment knows it."""
    read = {page.replace("__", "/"): publish_doctree(text) for page, text in pages.items()}
    return SimpleNamespace(
        found_docs=set(read),
        get_doctree=read.get,
        titles={page: nodes.title("", page.rpartition("/")[2]) for page in read},
    )


def test_the_bibliography_finds_citations_by_the_pages_links():
    """Is each page named that links to a work, once, in the book's order?"""
    bert, attention = "https://arxiv.org/abs/1810.04805", "https://arxiv.org/abs/1706.03762"
    env = book(
        chapters__2_b__01_second=f"`a <{bert}>`_",
        chapters__1_a__01_first=f"`a <{bert}#page=3>`_ `b <{bert}>`__ `c <https://example.org>`_",
        chapters__start=f"`a <{bert}>`_ `b <{attention}>`_",
    )
    pages = bibliography.citing(env)
    assert pages == {
        "devlin2019bert": ["chapters/start", "chapters/1_a/01_first", "chapters/2_b/01_second"],
        "vaswani2017attention": ["chapters/start"],
    }


def test_an_item_leads_to_the_work_and_back():
    """Are all authors named, and does each link lead where it says?"""
    item = bibliography.item(WORKS["bender2020climbing"], [("One", "1.html#a"), ("Two", "2.html")])
    assert item.astext().split("\n\n") == [
        "Emily M. Bender and Alexander Koller, 2020. Climbing towards NLU: On Meaning, Form, and "
        "Understanding in the Age of Data. ACL.",
        "Cited in One, Two",
    ]
    assert [link["refuri"] for link in item.findall(nodes.reference)] == [
        "https://aclanthology.org/2020.acl-main.463/", "1.html#a", "2.html",
    ]  # fmt: skip


def test_the_list_is_in_the_order_of_first_authors():
    """Does a reader find Delétang among the D, and the earlier of two works of an author first?"""
    env = book(chapters__one="`a <https://arxiv.org/abs/1706.03762>`_")
    app = SimpleNamespace(env=env, builder=SimpleNamespace(get_relative_uri=lambda _, to: to))
    page = publish_doctree("")
    page += bibliography.works_cited()
    bibliography.fill(app, page, "book/pages/bibliography")
    keys = [item["ids"][0] for item in page.findall(nodes.list_item)]
    assert sorted(keys) == sorted(WORKS)
    order = [letters(first_author(WORKS[key])) for key in keys]
    assert order == sorted(order)
    assert keys.index("radford2018improving") < keys.index("radford2019language")
