// What an explorer can do only with a running kernel behind it.
import { h } from "./dom.js";

/**
 * Call ready(ask) once a kernel has answered; on a static page that never happens, so a button made
 * in ready is not there. ask(name, content) runs the explorer's Python method of that name (it must
 * stand in the class's `actions`) and gives a promise of what it returns. An error in Python is
 * shown in the explorer and rejects the promise.
 */
export function withKernel(frame, ready) {
  const { model } = frame;
  const me = Math.random().toString(36).slice(2);
  const waiting = new Map();
  const trouble = h("p", { class: "nnb-trouble", role: "alert" });
  frame.root.append(trouble);
  let sent = 0;

  const ask = (name, content = {}) => new Promise((resolve, reject) => {
    const id = `${me}-${(sent += 1)}`;
    waiting.set(id, [resolve, reject]);
    model.send({ ask: name, id, content });
  });
  const heard = (message) => {
    const { id, answer, error } = message || {};
    if (!waiting.has(id)) return;
    const [resolve, reject] = waiting.get(id);
    waiting.delete(id);
    trouble.textContent = error || "";
    if (error) reject(new Error(error));
    else resolve(answer);
  };
  model.on("msg:custom", heard);
  frame.finally(() => model.off("msg:custom", heard));
  ask("hello").then(() => ready(ask));
}
