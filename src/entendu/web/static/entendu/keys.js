// One list of actions (the palette's) drives the shortcuts, the help and the palette. Keys are values of
// event.key, so that they stay under the same letters on AZERTY and QWERTY; they rest while somebody types.
(() => {
  const palette = document.getElementById("palette");
  if (!palette) return;
  const input = palette.querySelector("input");
  const items = [...palette.querySelectorAll("[role=option]")];
  // A key may serve on several screens: there, the action that the page knows is meant.
  const byKeys = (keys) => { const all = items.filter((item) => item.dataset.keys === keys); return all.find(available) ?? all[0]; };
  const GAP = 1200; // ms in which the second key of "g i" must come
  let prefix = "", prefixAt = 0;

  const typing = (target) => target.closest("input, textarea, select, [contenteditable=true]");
  const available = (item) => item.dataset.url || BUILT_IN[item.dataset.action] || document.querySelector(`[data-do="${item.dataset.action}"]`);
  function find(action) { // the one of the row in hand, else the first that is seen
    const seen = [...document.querySelectorAll(`[data-do="${action}"]`)].filter((element) => element.checkVisibility());
    const row = document.activeElement?.closest("[data-row]");
    return seen.find((element) => row?.contains(element)) ?? seen[0];
  }
  const rows = () => [...document.querySelectorAll("[data-row]:not([hidden])")];

  function step(by) {
    const all = rows();
    if (!all.length) return;
    const now = all.findIndex((row) => row === document.activeElement || row.getAttribute("aria-current") === "true");
    const next = all[Math.min(all.length - 1, Math.max(0, now < 0 ? 0 : now + by))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    if (document.querySelector("[data-opens-on-step]")) next.click();
  }
  const BUILT_IN = {
    next: () => step(1),
    previous: () => step(-1),
    help: () => document.getElementById("help").showModal(),
    palette: open,
  };
  function run(item) {
    const { action, url } = item.dataset;
    if (url) return void (location.href = url);
    if (BUILT_IN[action]) return BUILT_IN[action]();
    if (!document.dispatchEvent(new CustomEvent("entendu:do", { detail: { action }, cancelable: true }))) return;
    const element = action === "undo" ? [...document.querySelectorAll("[data-do=undo]")].at(-1) : find(action);
    if (!element) return;
    if (element.matches("input, textarea")) element.focus();
    else if (element.matches("details")) { element.open = true; element.querySelector(".menu-body :is(button, input:not([type=hidden]), a, select)")?.focus(); }
    else element.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); return open(); }
    if (event.ctrlKey || event.metaKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const chord = prefix && event.timeStamp - prefixAt < GAP ? byKeys(`${prefix} ${key}`) : null;
    prefix = "";
    const item = chord || byKeys(key);
    if (item && item.dataset.action !== "open") { event.preventDefault(); run(item); }
    else if (key === "g") { prefix = key; prefixAt = event.timeStamp; }
  });

  function open() {
    if (palette.open) return;
    input.value = "";
    palette.showModal();
    filter();
  }
  function filter() {
    const words = fold(input.value).split(/\s+/);
    const typed = fold(input.value).trim();
    let first = null, exact = null; // what begins as typed is chosen before what only holds the words
    for (const item of items) {
      const text = fold(item.textContent);
      item.hidden = "quiet" in item.dataset || !available(item) || !words.every((word) => text.includes(word));
      if (item.hidden) continue;
      first ??= item;
      if (typed && text.trim().startsWith(typed)) exact ??= item;
    }
    select(exact ?? first);
  }
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  function select(item) {
    items.forEach((other) => other.setAttribute("aria-selected", String(other === item)));
    if (item) { input.setAttribute("aria-activedescendant", item.id); item.scrollIntoView({ block: "nearest" }); }
    else input.removeAttribute("aria-activedescendant");
  }
  const chosen = () => items.find((item) => item.getAttribute("aria-selected") === "true");
  function choose(item) { palette.close(); if (item) run(item); }

  input.addEventListener("input", filter);
  input.addEventListener("keydown", (event) => {
    const seen = items.filter((item) => !item.hidden);
    const at = seen.indexOf(chosen());
    if (event.key === "ArrowDown") select(seen[Math.min(seen.length - 1, at + 1)]);
    else if (event.key === "ArrowUp") select(seen[Math.max(0, at - 1)]);
    else if (event.key === "Enter") choose(chosen());
    else return;
    event.preventDefault();
  });
  palette.addEventListener("click", (event) => { const item = event.target.closest("[role=option]"); if (item) choose(item); });
})();
