// Toasts, small menus, dialogs, confirmations, and what happens when a fragment is refused.
(() => {
  const toasts = () => document.getElementById("toasts");
  const LIFE = 6000;

  function fade(toast) {
    if (toast.dataset.fading) return;
    toast.dataset.fading = "1";
    for (const older of toasts().children) if (older !== toast && older.dataset.fading) older.remove(); // one at a time
    let timer = setTimeout(() => toast.remove(), Number(toast.dataset.life || LIFE));
    toast.addEventListener("mouseenter", () => clearTimeout(timer));
    toast.addEventListener("mouseleave", () => (timer = setTimeout(() => toast.remove(), 2000)));
  }
  function say(text, level = "info") {
    const toast = document.createElement("div");
    toast.className = `notice notice-${level}`;
    toast.textContent = text;
    toasts().append(toast);
    fade(toast);
  }
  window.entendu = { say, csrf: () => document.querySelector("meta[name=csrf-token]").content };
  document.addEventListener("entendu:say", (event) => say(event.detail.text, event.detail.level));

  new MutationObserver(() => document.querySelectorAll("#toasts > *").forEach(fade)).observe(
    document.getElementById("toasts"), { childList: true });
  document.querySelectorAll("#toasts > *").forEach(fade);

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open)?.showModal();
    for (const menu of document.querySelectorAll("details.menu[open]"))
      if (!menu.contains(event.target)) menu.open = false;
    if (event.target.tagName === "DIALOG") event.target.close(); // on the backdrop
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !confirm(question)) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-theme-form]");
    if (!form) return;
    event.preventDefault();
    const choice = event.submitter.value;
    document.documentElement.dataset.themeChoice = choice;
    form.querySelectorAll("button").forEach((button) => button.classList.toggle("active", button === event.submitter));
    const body = new FormData(form);
    body.set("theme", choice);
    await fetch(form.action, { method: "POST", body, redirect: "manual" });
  });

  document.addEventListener("htmx:response:error", (event) => {
    const { ctx } = event.detail;
    const handled = ctx.sourceElement.getAttribute(`hx-status:${ctx.response.status}`);
    const plain = ctx.response.headers.get("content-type")?.startsWith("text/plain");
    if (!handled) say(plain && ctx.text ? ctx.text : toasts().dataset.trouble, "error");
  });
  document.addEventListener("htmx:error", () => say(toasts().dataset.trouble, "error"));
})();
