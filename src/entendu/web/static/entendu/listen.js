// Triage by keyboard: X chooses the row in hand, O opens, D drops; what is chosen goes together.
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
  if (!form) return;

  const boxes = () => [...document.querySelectorAll(".said-check:not(:disabled)")];
  const chosen = () => boxes().filter((box) => box.checked);
  const row = () => document.activeElement?.closest("[data-row]") ?? document.querySelector("[data-row]");
  const told = form.querySelector("[data-chosen]");

  function count() {
    const n = chosen().length;
    told.textContent = n ? `${told.dataset.some} ${n}` : told.dataset.none;
    form.classList.toggle("some", n > 0);
    const all = form.querySelector("[data-all]");
    all.checked = n > 0 && n === boxes().length;
    all.indeterminate = n > 0 && !all.checked;
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) boxes().forEach((box) => (box.checked = event.target.checked));
    else if (event.target.matches(".said-check")) event.target.closest("[data-row]").focus({ preventScroll: true });
    else return;
    count();
  });
  function unfold(menu) {
    menu.open = true;
    menu.querySelector(".menu-body button")?.focus();
  }
  const ACTS = {
    choose: () => {
      const box = row()?.querySelector(".said-check:not(:disabled)");
      if (!box) return;
      box.checked = !box.checked;
      row().focus();
      count();
    },
    open_mention: () => (chosen().length ? form.querySelector("[data-open-chosen]") : row()?.querySelector("[data-open-row]"))?.click(),
    drop: () => {
      const menu = chosen().length ? form.querySelector("[data-drop-chosen]") : row()?.querySelector("[data-drop-row]");
      if (menu) unfold(menu);
    },
  };
  document.addEventListener("entendu:do", (event) => {
    const act = ACTS[event.detail.action];
    if (act) { event.preventDefault(); act(); }
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
