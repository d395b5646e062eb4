// Listens to what happens in the organisation and tells the page; the browser reconnects by itself and resumes.
(() => {
  const url = document.body.dataset.live;
  if (!url) return;
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  const menu = document.getElementById("menu");
  let source = null, timer = null, cut = false;

  function counts() {
    clearTimeout(timer);
    timer = setTimeout(() => htmx.ajax("GET", `${menu.dataset.url}?${new URLSearchParams({ at: location.pathname })}`,
      { source: menu, target: "#menu", swap: "outerMorph" }), 400);
  }
  function listen() {
    source = new EventSource(url);
    source.addEventListener("change", (event) => { tell("entendu:event", JSON.parse(event.data)); counts(); });
    source.addEventListener("signal", (event) => { tell("entendu:signal", JSON.parse(event.data)); counts(); });
    source.addEventListener("presence", (event) => tell("entendu:presence", JSON.parse(event.data)));
    source.addEventListener("missed", () => { tell("entendu:missed", {}); counts(); });
    source.addEventListener("bye", () => { source.close(); location.reload(); });
    source.addEventListener("open", () => {
      document.documentElement.dataset.live = "on";
      if (cut) { cut = false; tell("entendu:missed", {}); counts(); }
    });
    source.addEventListener("error", () => {
      document.documentElement.dataset.live = "off";
      cut = true;
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000); // refused: the server is starting
    });
  }
  document.addEventListener("entendu:changed", counts);
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  listen();
})();
