// The book's own script: theme, contents on narrow screens, copy buttons, scrolling boxes, print.
(function () {
  "use strict";
  const root = document.documentElement;
  const all = (selector) => Array.from(document.querySelectorAll(selector));

  // Theme: automatic, light, dark. The choice is kept; "automatic" follows the system.
  const NEXT = { auto: "light", light: "dark", dark: "auto" };
  const SAID = { auto: "automatic", light: "light", dark: "dark" };
  const system = matchMedia("(prefers-color-scheme: dark)");
  const themeButton = document.querySelector(".theme-button");

  function showTheme(mode) {
    root.dataset.mode = mode;
    root.dataset.theme = mode !== "auto" ? mode : system.matches ? "dark" : "light";
    const text = `Theme: ${SAID[mode]}`;
    themeButton.title = text;
    themeButton.firstElementChild.textContent = text;
  }
  themeButton.addEventListener("click", () => {
    const mode = NEXT[root.dataset.mode];
    showTheme(mode);
    try { localStorage.setItem("theme", mode); } catch (refused) { /* private window */ }
  });
  system.addEventListener("change", () => showTheme(root.dataset.mode));
  showTheme(root.dataset.mode || "auto");

  // Contents: always there on wide screens, behind a button on narrow ones.
  const menuButton = document.querySelector(".menu-button.js");
  const contents = document.getElementById("contents");
  function openContents(open) {
    root.classList.toggle("contents-open", open);
    menuButton.setAttribute("aria-expanded", String(open));
  }
  menuButton.addEventListener("click", () => {
    openContents(!root.classList.contains("contents-open"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && root.classList.contains("contents-open")) {
      openContents(false);
      menuButton.focus();
    }
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if ((event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing)) {
      event.preventDefault();
      document.getElementById("search").focus();
    }
  });
  const here = contents.querySelector("[aria-current], .current > a, a.current");
  if (here) {
    here.setAttribute("aria-current", "page");
    const box = contents.getBoundingClientRect(), at = here.getBoundingClientRect();
    if (at.bottom > box.bottom) contents.scrollTop += at.top - box.top - box.height / 2;
  }

  // Copy buttons on code.
  async function copy(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea"); // a page without https has no clipboard
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  for (const box of all(".cell_input .highlight, article > section div[class*=highlight-] > .highlight")) {
    if (box.querySelector(".copy")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.innerHTML = '<span class="icon icon-copy" aria-hidden="true"></span><span class="hidden">Copy code</span>';
    button.title = "Copy code";
    const said = button.lastElementChild;
    said.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      await copy(box.querySelector("pre").textContent);
      button.classList.add("done");
      said.textContent = "Copied";
      setTimeout(() => { button.classList.remove("done"); said.textContent = "Copy code"; }, 1600);
    });
    box.append(button);
  }

  // What scrolls sideways must be reachable by keyboard, and only that. Boxes are measured when the
  // page has nothing else to do: measuring a long page at once would hold up its first picture.
  const SCROLLERS =
    "pre, .output.text_html, .nnb-table > div, .nnb-picture, .nnb-still, div.math, .table-wrap";
  function markScrolling(box) {
    const wider = box.scrollWidth > box.clientWidth + 1 && box.clientWidth > 0;
    if (wider && !box.hasAttribute("tabindex")) {
      box.tabIndex = 0;
      box.dataset.scrolls = "";
      if (!box.hasAttribute("role")) {
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", box.matches("pre") ? "Code, scrolls sideways" : "Scrolls sideways");
      }
    } else if (!wider && "scrolls" in box.dataset) {
      for (const name of ["tabindex", "data-scrolls", "role", "aria-label"]) box.removeAttribute(name);
    }
    markMore(box);
  }
  function markMore(box) { // on which sides does it go on?
    const hidden = box.scrollWidth - box.clientWidth, sides = [];
    if (box.clientWidth && box.scrollLeft > 1) sides.push("start");
    if (box.clientWidth && box.scrollLeft < hidden - 1) sides.push("end");
    if (sides.length) box.dataset.more = sides.join(" ");
    else delete box.dataset.more;
  }
  addEventListener("scroll", (event) => {
    if (event.target.matches && event.target.matches(SCROLLERS)) markMore(event.target);
  }, { capture: true, passive: true });
  const boxes = (inside) => Array.from(inside.querySelectorAll(SCROLLERS));
  const idle = window.requestIdleCallback || ((work) => setTimeout(() => work({ timeRemaining: () => 8 }), 50));
  let queue = [];
  function measure(deadline) {
    while (queue.length && deadline.timeRemaining() > 1) markScrolling(queue.pop());
    if (queue.length) idle(measure);
    else root.dataset.measured = "";
  }
  function measureAll() {
    delete root.dataset.measured;
    if (!queue.length) idle(measure);
    queue = boxes(document.querySelector("article")).reverse();
  }
  addEventListener("load", () => document.fonts.ready.then(measureAll)); // a formula's width is its font's
  document.fonts.addEventListener("loadingdone", measureAll);
  addEventListener("resize", measureAll);
  addEventListener("toggle", (event) => boxes(event.target).forEach(markScrolling), true); // a fold

  // "On this page": mark the section that is being read.
  const links = new Map(all(".sections a").map((a) => [decodeURIComponent(a.hash.slice(1)), a]));
  if (links.size) {
    const seen = new Set();
    const watch = new IntersectionObserver((entries) => {
      for (const e of entries) e.isIntersecting ? seen.add(e.target.id) : seen.delete(e.target.id);
      let current = null;
      for (const id of links.keys()) if (seen.has(id)) current = id;
      for (const [id, a] of links) {
        if (id === current) a.setAttribute("aria-current", "true");
        else a.removeAttribute("aria-current");
      }
    }, { rootMargin: "0px 0px -70% 0px" });
    for (const id of links.keys()) {
      const section = document.getElementById(id);
      if (section) watch.observe(section);
    }
  }

  // Print: what the author folded away is shown, but not the solutions and the code of figures.
  addEventListener("beforeprint", () => {
    for (const fold of all("article details:not(.nnb-fold, [open])")) {
      fold.open = true;
      fold.dataset.printed = "";
    }
  });
  addEventListener("afterprint", () => {
    for (const fold of all("details[data-printed]")) {
      fold.open = false;
      delete fold.dataset.printed;
    }
  });
  const printButton = document.querySelector(".print-button");
  if (printButton) printButton.addEventListener("click", () => print());
})();
