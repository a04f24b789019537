// A formula that is wider than the page can be scrolled by keyboard, as the theme does for code.
const reach = () => {
  for (const formula of document.querySelectorAll("mjx-container[display]")) {
    const wide = formula.scrollWidth > formula.clientWidth;
    formula.tabIndex = wide ? 0 : -1;
  }
};

window.addEventListener("load", () => window.MathJax?.startup?.promise.then(reach));
window.addEventListener("resize", reach);

// Definitions: what a dotted word or a cited link says, on hover and on focus. Escape closes it.
const tip = document.createElement("div");
tip.className = "bh-tip";
tip.id = "bh-tip";
tip.setAttribute("role", "tooltip");
tip.hidden = true;

const openTip = (link) => {
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
  tip.hidden = true;
  document.querySelector(`[aria-describedby="${tip.id}"]`)?.removeAttribute("aria-describedby");
};

const hints = () => {
  const links = document.querySelectorAll("[data-tip]");
  if (!links.length) return;
  document.body.append(tip);
  for (const link of links) {
    link.addEventListener("mouseenter", () => openTip(link));
    link.addEventListener("focus", () => openTip(link));
    link.addEventListener("mouseleave", closeTip);
    link.addEventListener("blur", closeTip);
  }
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
