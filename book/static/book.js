// A formula that is wider than the page can be scrolled by keyboard, as the theme does for code.
const reach = () => {
  for (const formula of document.querySelectorAll("mjx-container[display]")) {
    const wide = formula.scrollWidth > formula.clientWidth;
    formula.tabIndex = wide ? 0 : -1;
  }
};

window.addEventListener("load", () => window.MathJax?.startup?.promise.then(reach));
window.addEventListener("resize", reach);

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
      if (!firstTap || !link.matches(".bh-hint")) return;
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
