// The static host: runs anywidget front-end modules on a plain HTML page. No kernel, no network,
// no module loader; a classic script, because file:// pages may not load module scripts.
//
// It reads what Jupyter stores in a page: one script with the widgets' state, and a script with
// a model_id wherever a widget is shown. Explorers come alive in place. If the same output holds
// an element .nnb-still (the still picture), it stays until the explorer is drawn, or fails to be.
(() => {
  "use strict";
  const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';
  const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';

  const states = {};
  const models = {};
  const modules = {};
  const read = new Set();

  /** The part of Backbone's model that anywidget gives to a module. */
  function makeModel(state) {
    const listeners = [];
    const names = (text) => text.split(/\s+/).filter(Boolean);
    const same = (a, b) => Object.is(a, b) || (a && typeof a === "object" && JSON.stringify(a) === JSON.stringify(b));
    const fire = (name, ...rest) => {
      for (const [heard, listener] of [...listeners]) if (heard === name) listener(...rest);
    };
    const model = {
      get: (key) => state[key],
      set(key, value) {
        const changes = typeof key === "object" ? key : { [key]: value };
        const changed = Object.keys(changes).filter((name) => !same(state[name], changes[name]));
        for (const name of changed) state[name] = changes[name];
        for (const name of changed) fire(`change:${name}`, model, state[name]);
        if (changed.length) fire("change", model);
      },
      // there is no Python side: nothing to save to, nobody to send to
      save_changes() {},
      send() {},
      on(text, listener) {
        for (const name of names(text)) listeners.push([name, listener]);
      },
      off(text, listener) {
        const asked = text && names(text);
        const goes = ([name, heard]) => (!asked || asked.includes(name)) && (!listener || listener === heard);
        for (let i = listeners.length - 1; i >= 0; i -= 1) if (goes(listeners[i])) listeners.splice(i, 1);
      },
      widget_manager: { get_model: async (id) => getModel(id.replace(/^IPY_MODEL_/, "")) },
    };
    return model;
  }

  function getModel(id) {
    if (!states[id]) throw new Error(`the page holds no state for the widget ${id}`);
    if (!models[id]) {
      const { state, buffers = [] } = states[id];
      for (const { path, data } of buffers) {
        const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
        const parent = path.slice(0, -1).reduce((at, key) => at[key], state);
        parent[path[path.length - 1]] = new DataView(bytes.buffer);
      }
      models[id] = makeModel(state);
    }
    return models[id];
  }

  function load(source) {
    if (!modules[source]) {
      // a data: URL is at hand at once, where a blob: URL makes a round through the browser
      modules[source] = import(`data:text/javascript,${encodeURIComponent(source)}`).then(
        async (module) => (typeof module.default === "function" ? module.default() : module.default || module),
      );
    }
    return modules[source];
  }

  async function draw(place, id) {
    const model = (place.model = getModel(id));
    const name = `nnb-style-${model.get("_anywidget_id")}`;
    if (model.get("_css") && !document.getElementById(name)) {
      const style = document.createElement("style");
      style.id = name;
      style.textContent = model.get("_css");
      document.head.append(style);
    }
    const widget = await load(model.get("_esm"));
    const stop = new AbortController();
    if (!model.started) model.started = Promise.resolve(widget.initialize?.({ model, signal: stop.signal }));
    await model.started;
    const el = document.createElement("div");
    place.append(el);
    await widget.render({ model, el, signal: stop.signal });
  }

  function begin(place, still) {
    draw(place, place.dataset.model).then(
      () => {
        if (still) still.hidden = true;
        place.style.minHeight = "";
        place.dataset.explorer = "ready";
        performance.mark(`explorer ${place.dataset.model}`);
      },
      (error) => {
        place.dataset.explorer = "failed";
        const note = document.createElement("p");
        note.textContent = "This explorer could not start here; its picture stands still.";
        place.replaceChildren(note);
        console.error("explorer:", error);
      },
    );
  }

  // an element is whole once the parser has gone on to what follows it
  const whole = (element) => document.readyState !== "loading" || element.nextSibling;

  /** Start every explorer whose place and state have arrived. */
  function start() {
    for (const script of document.querySelectorAll(STATE)) {
      if (read.has(script) || !whole(script.parentElement)) continue;
      read.add(script);
      Object.assign(states, JSON.parse(script.textContent).state);
    }
    for (const script of document.querySelectorAll(VIEW)) {
      if (!whole(script.parentElement)) continue;
      const id = JSON.parse(script.textContent).model_id;
      if (states[id]?.model_module !== "anywidget") continue;
      const place = document.createElement("div");
      const still = script.parentElement.querySelector(":scope > .nnb-still");
      place.className = "nnb-explorer-place";
      place.dataset.model = id;
      place.dataset.explorer = "loading";
      if (!still) place.style.minHeight = "300px";
      script.replaceWith(place);
      begin(place, still);
    }
  }

  // The book's pages say when an explorer has arrived, so that none waits for the end of a long
  // page; a page of Jupyter's own has the states at its end.
  start();
  addEventListener("nnb-explorer", start);
  document.addEventListener("readystatechange", start, { once: true });
})();
