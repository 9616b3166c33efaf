// A canvas for pictures with many pixels; for lines and points take plot.js.
import { h } from "./dom.js";

/**
 * A canvas that fills its element's width and is painted again when the page turns light or dark.
 * label: what it shows; height(width): pixels; paint(context, { width, height, color }): in CSS
 * pixels; color("data") is that colour now.
 */
export function canvas(frame, { label, height, paint }) {
  const surface = h("canvas", { role: "img", "aria-label": label });
  surface.style.display = "block";
  const element = h("div", { class: "nnb-figure" }, surface);
  let width = 0;
  const self = {
    element,
    canvas: surface,
    describe: (text) => surface.setAttribute("aria-label", text),
    draw() {
      if (!width) return;
      const tall = Math.round(height(width));
      const density = globalThis.devicePixelRatio || 1;
      surface.width = Math.round(width * density);
      surface.height = Math.round(tall * density);
      surface.style.width = `${width}px`;
      surface.style.height = `${tall}px`;
      const context = surface.getContext("2d");
      context.scale(density, density);
      const style = getComputedStyle(frame.root);
      const color = (name) => style.getPropertyValue(`--nnb-${name}`).trim();
      paint(context, { width, height: tall, color });
    },
  };
  frame.onResize(element, (now) => {
    width = Math.floor(now);
    self.draw();
  });
  frame.onTheme(() => self.draw());
  return self;
}
