// What is being written: kept on this machine until it is sent, counted against the channel's limit, sent by
// Ctrl+Enter; and told to colleagues, who see that somebody writes.
(() => {
  const BEAT = 10000; // ms; presence is believed for 30 s
  const zone = () => document.querySelector(".composer");
  const slot = (area) => `draft:${zone().dataset.number}:${area.dataset.draft}`;
  let writtenAt = 0, told = false;

  function ready() {
    for (const area of document.querySelectorAll("textarea[data-draft]")) {
      if (!area.value) area.value = localStorage.getItem(slot(area)) ?? "";
      count(area);
    }
  }
  function count(area) {
    const limit = Number(area.dataset.limit), shown = area.form.querySelector(".limit");
    if (!limit || !shown) return;
    const length = [...area.value].length;
    shown.textContent = length > limit * 0.7 ? `${length} / ${limit}` : "";
    shown.classList.toggle("over", length > limit);
  }
  const dirty = () => [...document.querySelectorAll("textarea[data-draft]")].some((area) => area.value.trim());

  document.addEventListener("input", (event) => {
    const area = event.target.closest("textarea[data-draft]");
    if (!area) return;
    area.value ? localStorage.setItem(slot(area), area.value) : localStorage.removeItem(slot(area));
    count(area);
    writtenAt = Date.now();
    if (!told) beat();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest("form.write");
    if (form) { event.preventDefault(); form.requestSubmit(form.querySelector("[data-send]")); }
  });
  document.addEventListener("entendu:sent", (event) => {
    for (const kind of ["reply", "note"]) localStorage.removeItem(`draft:${event.detail.number}:${kind}`);
    document.querySelectorAll("textarea[data-draft]").forEach((area) => { if (area === document.activeElement) area.blur(); area.value = ""; });
    told = false;
  });
  document.addEventListener("entendu:do", (event) => {
    const { action } = event.detail;
    if (action !== "reply" && action !== "note") return;
    const tabs = [...document.querySelectorAll(".tabs input")];
    const tab = action === "note" ? tabs.find((one) => one.value === "note")
      : tabs.find((one) => one.checked && one.value !== "note") ?? tabs.find((one) => one.value !== "note");
    if (tab) tab.checked = true;
    const area = document.getElementById(action === "note" ? "note-text" : "reply-text");
    if (area) { event.preventDefault(); area.focus(); }
  });

  // What arrived while nothing was being written has been seen; with a text under way, the server will say it.
  document.addEventListener("htmx:after:swap", () => {
    const seen = document.getElementById("seen-version"), version = document.getElementById("version");
    if (seen && version && !dirty()) seen.value = version.getAttribute("value");
  });

  async function beat() {
    const main = document.querySelector("[data-presence]");
    if (!main || document.hidden) return;
    told = Date.now() - writtenAt < BEAT;
    const body = new URLSearchParams({ csrfmiddlewaretoken: entendu.csrf(), writing: told ? "1" : "0" });
    try {
      const response = await fetch(main.dataset.presence, { method: "POST", body });
      if (response.ok && main.isConnected) document.getElementById("presence").innerHTML = await response.text();
    } catch { /* the next beat tries again */ }
  }
  function leave(url) {
    if (url) navigator.sendBeacon(url, new URLSearchParams({ csrfmiddlewaretoken: entendu.csrf(), leaving: "1" }));
  }
  let here = document.querySelector("[data-presence]")?.dataset.presence;
  document.addEventListener("entendu:opened", () => {
    const now = document.querySelector("[data-presence]").dataset.presence;
    if (here !== now) leave(here);
    here = now;
    writtenAt = 0;
    ready();
    beat();
  });
  document.addEventListener("entendu:presence", (event) => {
    if (String(event.detail.number) === zone()?.dataset.number) beat();
  });
  addEventListener("pagehide", () => leave(here));
  setInterval(beat, BEAT);
  ready();
  beat();
})();
