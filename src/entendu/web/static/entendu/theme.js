// Runs before the first paint: the chosen theme, or the system's and its changes.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = (why) => {
    const choice = root.dataset.themeChoice;
    const theme = why?.paper ? "light" : choice === "light" || choice === "dark" ? choice : dark.matches ? "dark" : "light";
    if (root.dataset.bsTheme === theme) return;
    root.dataset.bsTheme = theme;
    root.dispatchEvent(new CustomEvent("entendu:theme", { bubbles: true }));
  };
  apply();
  dark.addEventListener("change", apply);
  addEventListener("beforeprint", () => apply({ paper: true })); // paper is white
  addEventListener("afterprint", () => apply());
  new MutationObserver(apply).observe(root, { attributeFilter: ["data-theme-choice"] });
})();
