// What the browser tests ask of a page. Loaded before the page's own scripts.
window.probes = {
  /** Colours now: the paper, a line in SVG, a pixel of a canvas. */
  colours() {
    const canvas = document.querySelector("canvas");
    const copy = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    return {
      paper: getComputedStyle(document.querySelector(".nnb-explorer")).backgroundColor,
      line: getComputedStyle(document.querySelector(".nnb-line")).stroke,
      pixel: [...copy.getImageData(5, 5, 1, 1).data],
    };
  },

  /** Elements that reach beyond their explorer's right edge. */
  overflowing() {
    return [...document.querySelectorAll(".nnb-explorer")].flatMap((root) => {
      const edge = root.getBoundingClientRect().right + 0.5;
      return [...root.querySelectorAll("*:not(.nnb-voice, clipPath *, svg > g, svg > g *)")]
        .filter((element) => element.getBoundingClientRect().right > edge)
        .map((element) => element.outerHTML.slice(0, 80));
    });
  },

  /** Each piece of text with its size in pixels on the screen. */
  textSizes() {
    const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    const found = [];
    while (walk.nextNode()) {
      const text = walk.currentNode;
      const element = text.parentElement;
      if (!text.data.trim() || element.closest("script, style")) continue;
      const svg = element.closest("svg");
      const drawn = svg?.viewBox.baseVal.width;
      const scale = drawn ? svg.getBoundingClientRect().width / drawn : 1;
      found.push([text.data, scale * parseFloat(getComputedStyle(element).fontSize)]);
    }
    return found;
  },

  /** The focused element's number in the page, or what is wrong with it. */
  focus() {
    const element = document.activeElement;
    if (!element.closest(".nnb-explorer")) return "outside";
    const outlined = (e) => e && getComputedStyle(e).outlineStyle !== "none";
    const ring = element.querySelector(".nnb-touch");
    const seen =
      outlined(element) ||
      outlined(element.nextElementSibling) ||
      (ring && getComputedStyle(ring).stroke !== "none");
    return seen ? [...document.querySelectorAll("*")].indexOf(element) : "no ring";
  },

  /** Where the controls of the n-th explorer stand below its top edge, and its height. */
  layout(n) {
    const root = document.querySelectorAll(".nnb-explorer")[n];
    const top = root.getBoundingClientRect().top;
    const found = { height: root.getBoundingClientRect().height };
    for (const control of root.querySelectorAll("input, .nnb-buttons > button, .nnb-figure > svg")) {
      if (!control.checkVisibility({ visibilityProperty: false })) continue;
      const name = control.dataset.trait || control.value || control.textContent;
      const kind = control.matches("svg") ? `picture ${[...root.querySelectorAll("svg")].indexOf(control)}` : name;
      if (control.matches("button") && control.closest(".nnb-guess")) continue; // their words change
      found[kind === "Pause" ? "Run" : kind === "Stop" ? "Play" : kind] = control.getBoundingClientRect().top - top;
    }
    return found;
  },

  /** Move each slider over its range; what has then moved, as [slider, value, name, from, to]. */
  async sweep(n) {
    const root = document.querySelectorAll(".nnb-explorer")[n];
    const before = this.layout(n);
    const moved = [];
    for (const input of root.querySelectorAll("input[type=range]")) {
      if (!input.checkVisibility()) continue;
      const [at, low, high, step] = ["value", "min", "max", "step"].map((name) => Number(input[name]));
      for (const share of [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1, (at - low) / (high - low)]) {
        input.value = low + Math.round((share * (high - low)) / (step || 1)) * (step || 1);
        input.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise((resolve) => setTimeout(resolve));
        const after = this.layout(n);
        for (const name of Object.keys({ ...before, ...after }))
          if (!(Math.abs(after[name] - before[name]) < 0.6)) moved.push([input.dataset.trait, input.value, name, before[name], after[name]]);
      }
    }
    return moved;
  },

  /** Note what is said to screen readers in window.said. */
  listen() {
    window.said = [];
    const voice = document.querySelector("[aria-live]");
    const note = () => window.said.push(voice.textContent);
    new MutationObserver(note).observe(voice, { childList: true });
  },

  async module(model) {
    const blob = new Blob([model.get("_esm")], { type: "text/javascript" });
    return (await import(URL.createObjectURL(blob))).default;
  },

  /** Render the n-th explorer once more, and count what listens before and after its clean-up. */
  async leftovers(n) {
    const { model } = document.querySelectorAll(".nnb-explorer-place")[n];
    const listening = new Set();
    const observing = new Set();
    const heard = [];
    const add = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (type, listener, options) {
      const entry = {};
      listening.add(entry);
      if (options?.signal) add.call(options.signal, "abort", () => listening.delete(entry));
      return add.call(this, type, listener, options);
    };
    const restore = [ResizeObserver, MutationObserver].map(({ prototype }) => {
      const { observe, disconnect } = prototype;
      prototype.observe = function (...rest) {
        observing.add(this);
        return observe.apply(this, rest);
      };
      prototype.disconnect = function () {
        observing.delete(this);
        return disconnect.call(this);
      };
      return () => Object.assign(prototype, { observe, disconnect });
    });
    const spy = {
      ...model,
      on: (name, listener) => heard.push([name, listener]),
      off(name, listener) {
        const at = heard.findIndex(([a, b]) => a === name && b === listener);
        if (at >= 0) heard.splice(at, 1);
      },
    };
    const el = document.createElement("div");
    document.body.append(el);
    const count = () => [listening.size, observing.size, heard.length, el.childElementCount];
    const widget = await this.module(model);
    const cleanup = widget.render({ model: spy, el });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = count();
    cleanup();
    const after = count();
    EventTarget.prototype.addEventListener = add;
    for (const undo of restore) undo();
    el.remove();
    return { before, after };
  },

  /** Render the explorer with window.kernel (a function of the test) behind it. */
  async withKernel() {
    const place = document.querySelector(".nnb-explorer-place");
    const heard = [];
    const model = {
      ...place.model,
      on: (name, listener) => heard.push([name, listener]),
      off() {},
      async send(message) {
        const reply = await window.kernel(message);
        for (const [name, listener] of heard) if (name === "msg:custom") listener(reply, []);
      },
    };
    const widget = await this.module(model);
    place.replaceChildren();
    widget.render({ model, el: place });
  },

  /** Milliseconds of 40 moves of a trait, layout included, in order of size. */
  async moves(n, trait, sign) {
    const { model } = document.querySelectorAll(".nnb-explorer-place")[n];
    const found = [];
    for (let k = 0; k < 40; k += 1) {
      const start = performance.now();
      model.set(trait, sign * (0.5 + k / 20));
      await Promise.resolve();
      document.body.getBoundingClientRect();
      found.push(performance.now() - start);
    }
    return found.sort((a, b) => a - b);
  },

  /** Milliseconds from the arrival of the host script to each explorer's first picture. */
  firstPictures() {
    const resources = performance.getEntriesByType("resource");
    const { responseEnd } = resources.find((entry) => entry.name.endsWith("explorers.js"));
    return performance.getEntriesByType("mark").map((mark) => mark.startTime - responseEnd);
  },
};
