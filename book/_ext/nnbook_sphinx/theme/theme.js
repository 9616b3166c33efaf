(function (root) {
  // before the first paint, so that no page flashes in the other theme
  var wish = null;
  try { wish = localStorage.getItem("theme"); } catch (refused) {}
  root.classList.add("js");
  root.dataset.mode = wish === "light" || wish === "dark" ? wish : "auto";
  root.dataset.theme = root.dataset.mode !== "auto" ? root.dataset.mode
    : matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
})(document.documentElement);
