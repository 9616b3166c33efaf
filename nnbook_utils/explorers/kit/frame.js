// The frame around an explorer: theme, state, announcements, clean-up.
import { h, math } from "./dom.js";

/** "light" or "dark": what the page says (book, Jupyter, Colab, VS Code), else what the system says. */
export function pageTheme() {
  const page = document.documentElement;
  const body = document.body;
  if (page.dataset.theme === "light" || page.dataset.theme === "dark") return page.dataset.theme;
  if (body.dataset.jpThemeLight) return body.dataset.jpThemeLight === "true" ? "light" : "dark";
  const colab = page.getAttribute("theme");
  if (colab === "light" || colab === "dark") return colab;
  const code = body.dataset.vscodeThemeKind;
  if (code) return code.includes("light") ? "light" : "dark";
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/**
 * Start an explorer inside el. Everything that listens goes through the frame, so that
 * frame.cleanup() (return it from render) leaves nothing behind.
 */
export function frame({ model, el, name, label }) {
  const stop = new AbortController();
  const afterwards = [];
  const listening = [];
  const root = h("section", { class: `nnb-explorer nnb-${name}`, "aria-label": label });
  const voice = h("p", { class: "nnb-voice", "aria-live": "polite" });
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const themed = [];
  let waiting = null;
  let lastSaid = "";

  const self = {
    root,
    model,
    get: (key) => model.get(key),
    /** Change traits here and in Python. */
    set(values) {
      for (const [key, value] of Object.entries(values)) model.set(key, value);
      model.save_changes();
    },
    /** Back to the values that the explorer was made with. */
    reset() {
      self.set(model.get("initial"));
    },
    on(target, type, listener, options = {}) {
      target.addEventListener(type, listener, { ...options, signal: stop.signal });
    },
    /** Call draw once for each change of the named traits, however many change together. */
    watch(names, draw) {
      let asked = false;
      const later = () => {
        if (asked) return;
        asked = true;
        queueMicrotask(() => {
          asked = false;
          if (!stop.signal.aborted) draw();
        });
      };
      for (const key of names) {
        model.on(`change:${key}`, later);
        listening.push([`change:${key}`, later]);
      }
      return later;
    },
    /** Call paint when the page turns light or dark. Needed by canvases only: SVG follows CSS. */
    onTheme(paint) {
      themed.push(paint);
    },
    /** Call resized with the element's width in pixels, now and whenever it changes. */
    onResize(element, resized) {
      const observer = new ResizeObserver(([entry]) => resized(entry.contentRect.width));
      observer.observe(element);
      afterwards.push(() => observer.disconnect());
    },
    /** Tell screen readers, once the reader's hand has come to rest. */
    announce(text) {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        if (text !== lastSaid) voice.textContent = text;
        lastSaid = text;
      }, 700);
    },
    get reducedMotion() {
      return calm.matches;
    },
    finally(undo) {
      afterwards.push(undo);
    },
    cleanup() {
      stop.abort();
      clearTimeout(waiting);
      for (const [key, listener] of listening) model.off(key, listener);
      for (const undo of afterwards) undo();
      root.remove();
    },
  };

  const follow = () => {
    const theme = pageTheme();
    if (root.dataset.theme === theme) return;
    root.dataset.theme = theme;
    for (const paint of themed) paint(theme);
  };
  const observer = new MutationObserver(follow);
  for (const element of [document.documentElement, document.body]) {
    observer.observe(element, {
      attributes: true,
      attributeFilter: ["data-theme", "theme", "data-jp-theme-light", "data-vscode-theme-kind"],
    });
  }
  afterwards.push(() => observer.disconnect());
  self.on(matchMedia("(prefers-color-scheme: dark)"), "change", follow);
  follow();

  // JupyterLab would take arrow keys and Enter for its cells, unless the focused element says no
  self.on(root, "focusin", ({ target }) => target.setAttribute("data-lm-suppress-shortcuts", "true"));

  const question = model.get("question");
  if (question) root.append(h("p", { class: "nnb-question" }, ...math(question)));
  root.append(voice);
  el.append(root);
  return self;
}

/**
 * Call step every `pause` milliseconds until it returns false. Returns { running, start, stop };
 * with reduced motion all steps are taken at once, also when the reader asks for it on the way.
 */
export function animation(frame, { pause, step, changed }) {
  let timer = null;
  const self = {
    get running() {
      return timer !== null;
    },
    start() {
      if (timer !== null) return;
      if (frame.reducedMotion) {
        while (step() !== false);
        return;
      }
      const tick = () => {
        let going = step() !== false;
        while (going && frame.reducedMotion) going = step() !== false;
        timer = going ? setTimeout(tick, pause()) : null;
        changed();
      };
      timer = setTimeout(tick, 0);
      changed();
    },
    stop() {
      if (timer === null) return;
      clearTimeout(timer);
      timer = null;
      changed();
    },
  };
  frame.finally(() => clearTimeout(timer));
  return self;
}
