// What stands around the text of a page: contents that say where one is, the way back to the top,
// and a search that quotes and marks text only.

// ---- contents: the section whose beginning was passed last is marked. Bootstrap's own watcher
// marks none inside a long section.
const LINE = 0.3; // of the window's height: what has begun above it is being read

document.body.removeAttribute("data-bs-spy");

const watchContents = () => {
  const links = [...document.querySelectorAll(".bd-sidebar-secondary .page-toc a[href^='#']")];
  const begins = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  if (!links.length) return;
  let waiting = false;
  const mark = () => {
    waiting = false;
    const passed = begins.filter((e) => e?.getBoundingClientRect().top <= innerHeight * LINE);
    const atEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
    const here = begins.indexOf(atEnd && scrollY > 0 ? begins.at(-1) : passed.at(-1));
    const above = here < 0 ? [] : [...ancestors(links[here])];
    for (const link of links) {
      link.classList.toggle("active", above.includes(link));
      link.parentElement.classList.toggle("active", above.includes(link));
      if (link === links[here]) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };
  const soon = () => {
    if (!waiting) requestAnimationFrame(mark);
    waiting = true;
  };
  addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon);
  mark();
};

// A link of the contents, and those that it stands below.
function* ancestors(link) {
  for (let entry = link.parentElement; entry; entry = entry.parentElement.closest(".toc-entry"))
    yield entry.querySelector(":scope > a");
}

// ---- the way back to the top: in the header it lies on no text
const moveWayBack = () => {
  const back = document.getElementById("pst-back-to-top");
  const header = document.querySelector(".header-article-items__start");
  if (!back || !header) return;
  back.setAttribute("aria-label", "Back to top"); // on a phone it is an arrow
  header.append(back);
};

// ---- what was searched for is marked in the text that is read, and nowhere around it
const SEARCHED = "bh-searched";
const MARKED = ":is(h1, h2, h3, h4, p, li, dt, dd, td, th, figcaption)";
const UNMARKED = "svg, pre, .math, mjx-container, .playground, .bh-strip, .headerlink";

const markSearched = () => {
  const words = (localStorage.getItem(SEARCHED) ?? "").split(/\s+/).filter(Boolean);
  localStorage.removeItem(SEARCHED);
  const article = document.querySelector("article.bd-article");
  if (!words.length || !article || typeof _highlightText === "undefined") return;
  const blocks = [...article.querySelectorAll(MARKED)].filter(
    (block) => !block.closest(UNMARKED) && !block.querySelector(`${MARKED}, ${UNMARKED}`),
  );
  for (const word of words) blocks.forEach((block) => _highlightText(block, word, "highlighted"));
};

document.addEventListener("DOMContentLoaded", () => {
  watchContents();
  moveWayBack();
  if (typeof Search === "undefined") markSearched();
});

// ---- the search page
if (typeof Search !== "undefined") {
  // What a result quotes is the text of its page: prose first, then code, no frame and no TeX.
  const FRAME = "noscript, script, style, details, .headerlink, h1, .bh-strip, .math, .playground-place";
  const BLOCKS = "h2, h3, h4, dt, dd, li, p, td, th, text";

  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const article = page.querySelector("article");
    if (!article) return "";
    article.querySelectorAll("span.math + noscript").forEach((plain) => {
      plain.previousElementSibling.replaceWith(plain.textContent);
    });
    article.querySelectorAll(FRAME).forEach((part) => part.remove());
    article.querySelectorAll(BLOCKS).forEach((block) => block.append(" "));
    const place = anchor ? article.querySelector(`[id="${CSS.escape(anchor.slice(1))}"]`) : null;
    if (place?.matches("dt")) return `${place.textContent.trim()}: ${place.nextElementSibling?.textContent}`;
    const code = [...article.querySelectorAll("pre")];
    code.forEach((block) => block.remove());
    const told = [(place ?? article).textContent, ...code.map((block) => block.textContent)];
    return told.join(" ").replaceAll(/\s+/g, " ");
  };

  // A word of the glossary is called by its name, and a page is not found twice.
  const found = Search._performSearch;
  Search._performSearch = (...query) => {
    const words = new Map();
    for (const [word, places] of Object.entries(Search._index.indexentries))
      for (const [, id] of places) words.set(`#${id}`, word);
    return found(...query)
      .filter(([, title]) => !/^(?:<span.*<\/span>)?(.+) > \1$/.test(title))
      .map(([page, title, anchor, ...rest]) => {
        const word = anchor.startsWith("#term-") && words.get(anchor);
        return [page, word ? `${title} > ${word}` : title, anchor, ...rest];
      });
  };

  // The words for the next page go to `markSearched`.
  const parsed = Search._parseQuery;
  Search._parseQuery = (query) => {
    const answer = parsed(query);
    localStorage.setItem(SEARCHED, localStorage.getItem("sphinx_highlight_terms") ?? "");
    localStorage.removeItem("sphinx_highlight_terms");
    return answer;
  };
}
