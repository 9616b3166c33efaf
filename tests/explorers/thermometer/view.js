import { share } from "./math.js";
import { button, slider } from "../kit/controls.js";
import { canvas } from "../kit/canvas.js";
import { frame } from "../kit/frame.js";
import { withKernel } from "../kit/kernel.js";

function render({ model, el }) {
  const f = frame({ model, el, name: "thermometer", label: "Explorer: a thermometer" });
  const bar = canvas(f, {
    label: "A bar as high as the temperature",
    height: () => 60,
    paint(context, { width, height, color }) {
      context.fillStyle = color("data");
      context.fillRect(0, 0, width * share(f.get("celsius")), height);
    },
  });
  f.root.append(slider(f, { trait: "celsius", label: "temperature", min: -50, max: 100, step: 1, role: "data" }), bar.element);
  f.watch(["celsius"], bar.draw);
  withKernel(f, (ask) => {
    f.root.append(
      button(f, "In Fahrenheit", async () => { bar.describe(`${await ask("fahrenheit")} °F`); }),
      button(f, "Break", () => ask("broken").catch(() => {})),
    );
  });
  return f.cleanup;
}

export default { render };
