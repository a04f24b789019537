// What is wider than its place fades out where there is more of it. A formula can then be scrolled
// by keyboard, as the theme does for code.
const FORMULAS = "span.math, mjx-container[display]";
const WIDE = `${FORMULAS}, pre, div.output, .pst-scrollable-table-container`;

// A formula in a line is as wide as its letters: before its font has come, its box says otherwise.
const room = (box) => {
  if (!box.matches("span.math")) return box.clientWidth;
  const line = box.closest("p, li, dd, td, th, h1, h2, h3, h4") ?? box.parentElement;
  return Math.max(box.clientWidth, line.clientWidth);
};

const reach = (box) => {
  const hidden = box.scrollWidth - room(box);
  box.classList.toggle("bh-before", hidden > 1 && box.scrollLeft > 1);
  box.classList.toggle("bh-after", hidden - box.scrollLeft > 1);
  if (box.matches(FORMULAS)) box.tabIndex = hidden > 1 ? 0 : -1;
};

const sizes = new ResizeObserver((changed) => {
  new Set(changed.map(({ target }) => target.closest(WIDE))).forEach(reach);
});

// MathJax adds, in passes of its own, what readers of the screen hear: it changes no box's size.
const passes = new MutationObserver((changed) => {
  const boxes = changed.map(({ target }) => target.closest?.(FORMULAS)).filter(Boolean);
  new Set(boxes).forEach(reach);
});

const watchWide = () => {
  for (const box of document.querySelectorAll(`.bd-article :is(${WIDE})`)) {
    if (box.closest(".playground")) continue;
    const inside = box.matches(FORMULAS) ? [...box.children] : [];
    [box, ...inside].forEach((part) => sizes.observe(part));
    if (box.matches(FORMULAS)) passes.observe(box, { childList: true, subtree: true });
  }
};

// What a box holds can grow while the box does not: with formulas set, and with fonts come late.
// It can also shrink, which no observer of sizes sees.
const lookAgain = () => document.querySelectorAll(".bd-article :is(.bh-before, .bh-after)").forEach(reach);

window.addEventListener("load", () => window.MathJax?.startup?.promise.then(watchWide));
document.fonts.addEventListener("loadingdone", watchWide);
document.fonts.ready.then(lookAgain);
document.addEventListener("DOMContentLoaded", watchWide);
document.addEventListener("scroll", ({ target }) => target.matches?.(WIDE) && reach(target), true);

// Definitions: what a dotted word or a cited link says, on hover and on focus; where there is no
// pointer to hover with, on the first tap. It stays while the pointer is on either of the two, so
// that it can be read under a magnifier, and Escape closes it at any time.
const GRACE = 200; // milliseconds to cross the gap between the two
const tip = document.createElement("div");
tip.className = "bh-tip";
tip.id = "bh-tip";
tip.setAttribute("role", "tooltip");
tip.hidden = true;

let told = null; // the link whose definition is shown
let leaving;

const openTip = (link) => {
  closeTip();
  told = link;
  tip.textContent = link.dataset.tip;
  tip.hidden = false;
  link.setAttribute("aria-describedby", tip.id);
  const { left, bottom, top } = link.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = tip;
  const x = Math.max(8, Math.min(left, document.documentElement.clientWidth - width - 8));
  const below = bottom + 6 + height < window.innerHeight;
  tip.style.left = `${x + window.scrollX}px`;
  tip.style.top = `${(below ? bottom + 6 : top - height - 6) + window.scrollY}px`;
};

const closeTip = () => {
  clearTimeout(leaving);
  tip.hidden = true;
  told?.removeAttribute("aria-describedby");
  told = null;
};

const leaveTip = () => {
  clearTimeout(leaving);
  const held = () => told?.matches(":hover, :focus") || tip.matches(":hover");
  leaving = setTimeout(() => held() || closeTip(), GRACE);
};

const hints = () => {
  const links = document.querySelectorAll("[data-tip]");
  if (!links.length) return;
  document.body.append(tip);
  tip.addEventListener("mouseleave", leaveTip);
  for (const link of links) {
    let firstTap = false;
    link.addEventListener("mouseenter", () => openTip(link));
    link.addEventListener("focus", () => openTip(link));
    link.addEventListener("mouseleave", leaveTip);
    link.addEventListener("blur", leaveTip);
    link.addEventListener("pointerdown", (event) => {
      firstTap = event.pointerType === "touch" && told !== link;
    });
    link.addEventListener("click", (event) => {
      if (!firstTap) return;
      firstTap = false;
      event.preventDefault();
      openTip(link);
    });
  }
  document.addEventListener("pointerdown", (event) => {
    if (told && !told.contains(event.target) && !tip.contains(event.target)) closeTip();
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeTip());
};

// A link below each cell to report what is wrong with it: page, version and cell are filled in.
const reports = () => {
  const address = document.querySelector('meta[name="bh-report"]')?.content;
  if (!address) return;
  document.querySelectorAll("div.cell").forEach((cell, index) => {
    const link = document.createElement("a");
    link.className = "bh-report";
    link.textContent = "Report this cell";
    link.href = `${address}${encodeURIComponent(`, cell ${index + 1}`)}`;
    cell.append(link);
  });
};

document.addEventListener("DOMContentLoaded", () => {
  hints();
  reports();
});

// A page that is opened as a file may not read others: the search then shows titles only.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
