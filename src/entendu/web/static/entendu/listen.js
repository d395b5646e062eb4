// Triage by keyboard: X chooses the row in hand (Shift: all the way from the last one), O opens, W only watches, D drops;
// what is chosen goes together. A drop waits five seconds, since it cannot be undone afterwards: the text is forgotten.
(() => {
  const form = document.getElementById("triage");
  const filters = document.querySelector("[data-filters]");
  const more = document.querySelector("[data-filter-more]");
  if (more && matchMedia("(max-width: 760px)").matches && !more.querySelector(".filter-clear")) more.open = false;
  filters?.addEventListener("change", (event) => { if (event.target.matches("select, [type=date]")) filters.requestSubmit(); });
  filters?.addEventListener("submit", () => {
    for (const field of filters.elements) if (field.name && !field.value) field.disabled = true; // short addresses
  });
  addEventListener("pageshow", () => { for (const field of filters?.elements ?? []) field.disabled = false; });
  // Near-duplicates: a second press folds them again.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-unfold]");
    if (!button) return;
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) {
      event.preventDefault(); event.stopImmediatePropagation();
      document.getElementById(button.getAttribute("aria-controls")).replaceChildren();
    }
  }, true);
  // The verbs of each row are copies of one template: fifty times the same markup would be most of the page.
  const acts = document.getElementById("row-acts");
  function furnish() {
    for (const place of document.querySelectorAll(".said-acts[data-acts]:empty")) {
      const id = place.closest("[data-row]").dataset.row, offered = place.dataset.acts.split(" ");
      const copy = acts.content.cloneNode(true);
      for (const act of copy.querySelectorAll("[data-act]")) if (!offered.includes(act.dataset.act)) act.remove();
      for (const one of copy.querySelectorAll("[name=one]")) one.value = one.value ? `${id}:${one.value}` : id;
      for (const one of copy.querySelectorAll("[data-drops]")) one.dataset.drops = id;
      copy.querySelector("[data-act=correct]")?.setAttribute("hx-get", acts.dataset.readings.replace("/0/", `/${id}/`));
      place.append(copy);
      htmx.process(place);
    }
  }
  if (acts) {
    furnish();
    document.addEventListener("htmx:after:swap", furnish);
  }
  if (!form) return;

  const boxes = () => [...document.querySelectorAll(".said-check:not(:disabled)")].filter((box) => box.checkVisibility());
  const chosen = () => boxes().filter((box) => box.checked);
  const row = () => document.activeElement?.closest("[data-row]") ?? document.querySelector("[data-row]");
  const size = (box) => Number(box.closest("[data-row]").dataset.size);
  const told = form.querySelector("[data-chosen]");
  let last = null, range = false; // the box that was chosen last; whether Shift is held

  function count() {
    const picked = chosen(), n = picked.length, messages = picked.reduce((sum, box) => sum + size(box), 0);
    told.textContent = n ? `${told.dataset.some} ${n}${messages > n ? ` (${told.dataset.messages} ${messages})` : ""}` : told.dataset.none;
    form.classList.toggle("some", n > 0);
    const all = form.querySelector("[data-all]");
    all.checked = n > 0 && n === boxes().length;
    all.indeterminate = n > 0 && !all.checked;
  }
  function upto(box) { // from the last one to this one, all as this one is
    const all = boxes(), from = all.indexOf(last), to = all.indexOf(box);
    if (range && from >= 0 && to >= 0)
      for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1)) one.checked = box.checked;
    last = box;
  }
  for (const name of ["keydown", "click"]) document.addEventListener(name, (event) => { range = event.shiftKey; }, true);
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) boxes().forEach((box) => (box.checked = event.target.checked));
    else if (event.target.matches(".said-check")) { upto(event.target); event.target.closest("[data-row]").focus({ preventScroll: true }); }
    else return;
    count();
  });
  function unfold(menu) {
    menu.open = true;
    menu.querySelector(".menu-body button")?.focus();
  }
  const press = (all, one) => (chosen().length ? form.querySelector(all) : row()?.querySelector(one));
  const ACTS = {
    choose: () => {
      const box = row()?.querySelector(".said-check:not(:disabled)");
      if (!box) return;
      box.checked = !box.checked;
      upto(box);
      row().focus();
      count();
    },
    open_mention: () => press("[data-open-chosen]", "[data-open-row]")?.click(),
    watch: () => press("[data-watch-chosen]", "[data-watch-row]")?.click(),
    drop: () => {
      const menu = press("[data-drop-chosen]", "[data-drop-row]");
      if (menu) unfold(menu);
    },
  };
  document.addEventListener("entendu:do", (event) => {
    const act = ACTS[event.detail.action];
    if (act) { event.preventDefault(); act(); }
  });

  // A drop is held back, its rows hidden, until its notice goes; leaving the page sends it.
  const WAIT = 5000;
  let held = null;
  function send(leaving = false) {
    if (!held) return;
    const { paper, timer, notice } = held;
    clearTimeout(timer);
    notice.remove();
    held = null;
    if (leaving) navigator.sendBeacon(paper.action, new FormData(paper));
    else paper.requestSubmit();
  }
  function takeBack() {
    clearTimeout(held.timer);
    held.notice.remove();
    held.paper.remove();
    held.rows.forEach((one) => (one.hidden = false));
    held.rows[0]?.focus();
    held = null;
    count();
    window.entendu.say(form.dataset.kept);
  }
  function paperOf(rows, reason) {
    const paper = document.createElement("form");
    paper.hidden = true; paper.method = "post"; paper.action = form.dataset.dropUrl;
    paper.setAttribute("hx-post", form.dataset.dropUrl); paper.setAttribute("hx-swap", "none");
    const put = (name, value) => { const field = document.createElement("input"); field.name = name; field.value = value; paper.append(field); };
    put("csrfmiddlewaretoken", window.entendu.csrf());
    put("reason", reason);
    for (const one of rows) {
      put("mention", one.dataset.row);
      if (one.querySelector("[name=folded]")) put("folded", one.dataset.row);
    }
    document.body.append(paper);
    htmx.process(paper);
    return paper;
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-drops]");
    if (!button) return;
    const rows = button.dataset.drops ? [button.closest("[data-row]")] : chosen().map((box) => box.closest("[data-row]"));
    if (!rows.length) return; // the server says what is missing
    event.preventDefault(); event.stopImmediatePropagation();
    send();
    button.closest("details").open = false;
    const all = [...document.querySelectorAll("[data-row]")].filter((one) => !one.hidden);
    const next = all.slice(all.indexOf(rows.at(-1)) + 1).find((one) => !rows.includes(one)) ?? all.find((one) => !rows.includes(one));
    const n = rows.reduce((sum, one) => sum + Number(one.dataset.size), 0);
    const notice = document.createElement("div");
    notice.className = "notice notice-success"; notice.dataset.life = String(WAIT + 2000);
    const undo = document.createElement("button");
    undo.className = "btn-link"; undo.dataset.do = "undo"; undo.textContent = form.dataset.undo;
    undo.addEventListener("click", takeBack);
    notice.append(`${form.dataset.dropping} ${n} `, undo);
    rows.forEach((one) => { one.hidden = true; const box = one.querySelector(".said-check"); if (box) box.checked = false; });
    held = { rows, notice, paper: paperOf(rows, button.value.split(":").at(-1)), timer: setTimeout(send, WAIT) };
    document.getElementById("toasts").append(notice);
    next?.focus({ preventScroll: true });
    count();
  }, true);
  addEventListener("pagehide", () => send(true));
  document.addEventListener("htmx:response:error", (event) => { // refused: the rows are there again
    if (event.detail.ctx.sourceElement?.action?.endsWith(form.dataset.dropUrl))
      document.querySelectorAll("[data-row][hidden]").forEach((one) => { if (!held?.rows.includes(one)) one.hidden = false; });
  });

  // Rows come and go: the hand stays where it was.
  let place = 0;
  document.addEventListener("htmx:before:request", () => {
    place = [...document.querySelectorAll("[data-row]")].indexOf(row());
  });
  document.addEventListener("htmx:after:swap", () => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => { if (menu.matches("[data-drop-chosen]")) menu.open = false; });
    if (!document.activeElement || document.activeElement === document.body) {
      const rows = [...document.querySelectorAll("[data-row]")];
      rows[Math.min(Math.max(place, 0), rows.length - 1)]?.focus({ preventScroll: true });
    }
    count();
  });
  count();
})();
