// A formula that is wider than the page can be scrolled by keyboard, as the theme does for code.
const reach = () => {
  for (const formula of document.querySelectorAll("mjx-container[display]")) {
    const wide = formula.scrollWidth > formula.clientWidth;
    formula.tabIndex = wide ? 0 : -1;
  }
};

window.addEventListener("load", () => window.MathJax?.startup?.promise.then(reach));
window.addEventListener("resize", reach);
