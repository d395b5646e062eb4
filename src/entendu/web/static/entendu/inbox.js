// The list follows what is opened; lists and conversations follow what happens elsewhere (events of live.js).
(() => {
  const list = document.getElementById("list");
  const pane = document.getElementById("conversation");
  const grid = document.querySelector(".inbox");
  const opened = () => pane.querySelector("[data-conversation]")?.dataset.conversation;

  function mark(number) {
    for (const row of document.querySelectorAll("[data-row]"))
      row.dataset.row === number ? row.setAttribute("aria-current", "true") : row.removeAttribute("aria-current");
  }
  function toEnd() {
    const timeline = document.getElementById("timeline");
    if (timeline) timeline.scrollTop = timeline.scrollHeight;
  }
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-row]");
    if (row && !event.ctrlKey && !event.metaKey && !event.shiftKey) mark(row.dataset.row);
  });
  document.addEventListener("htmx:after:settle", (event) => {
    if (event.target.id === "conversation") {
      grid.classList.add("has-conversation");
      mark(opened());
      toEnd();
      document.title = `#${opened()} ${pane.querySelector("h1").textContent} · Entendu`;
      document.dispatchEvent(new CustomEvent("entendu:opened", { detail: { number: opened() } }));
    } else if (event.target.id === "list") mark(opened());
    else if (event.target.id === "timeline") toEndIfNear();
  });
  let near = true;
  document.addEventListener("scroll", (event) => {
    const it = event.target;
    if (it.id === "timeline") near = it.scrollHeight - it.scrollTop - it.clientHeight < 80;
  }, true);
  const toEndIfNear = () => near && toEnd();

  // A refreshed list shows as many rows again as were loaded.
  list.addEventListener("htmx:config:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.sourceElement !== list) return;
    const loaded = Math.max(50, list.querySelectorAll("[data-row]").length);
    ctx.request.action += `?${new URLSearchParams({ loaded, q: list.dataset.q })}`;
  });
  let waiting = null;
  function refreshList() {
    clearTimeout(waiting);
    waiting = setTimeout(() => htmx.trigger(list, "refresh"), 150); // a burst of events is one refresh
  }
  function refreshThread() {
    const main = pane.querySelector("[data-fresh]");
    if (main) htmx.ajax("GET", main.dataset.fresh, { source: main, target: main, swap: "none" });
  }
  document.addEventListener("entendu:changed", refreshList);
  document.addEventListener("entendu:event", (event) => {
    refreshList();
    if (String(event.detail.number) === opened()) refreshThread();
  });
  document.addEventListener("entendu:missed", () => { refreshList(); refreshThread(); });
  document.addEventListener("entendu:presence", (event) => {
    const { number, who } = event.detail;
    const face = document.querySelector(`[data-row="${number}"] .face`);
    face?.querySelector(".face-dot")?.remove();
    if (face && who) face.append(Object.assign(document.createElement("span"), { className: `face-dot face-dot-${who}` }));
  });
  toEnd();
  if (opened()) document.querySelector(`[data-row="${opened()}"]`)?.scrollIntoView({ block: "nearest" });
})();
