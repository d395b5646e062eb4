// Draws every <div data-chart="id"> from the Vega-Lite specification in <script type="application/json" id="id">,
// in the language of the page and the colours of the theme; draws again when either the theme or a fragment changes.
// A colour written as "var(--red)" in a specification is the theme's. Marks with an href open it.
(() => {
  const { vega, compile, expressionInterpreter } = window.entenduVega;
  const french = document.documentElement.lang.startsWith("fr");
  const NUMBERS = french
    ? { decimal: ",", thousands: "\u00a0", grouping: [3], currency: ["", "\u00a0€"], percent: "\u00a0%" }
    : { decimal: ".", thousands: ",", grouping: [3], currency: ["$", ""] };
  const names = (options, count, from) => Array.from({ length: count }, (_, index) =>
    new Intl.DateTimeFormat(document.documentElement.lang, { ...options, timeZone: "UTC" }).format(from(index)));
  const month = (index) => Date.UTC(2024, index, 15), day = (index) => Date.UTC(2024, 8, 1 + index); // 1 Sept 2024: a Sunday
  const DATES = {
    dateTime: french ? "%A %e %B %Y à %X" : "%x, %X", date: french ? "%d/%m/%Y" : "%m/%d/%Y",
    time: french ? "%H:%M:%S" : "%-I:%M:%S %p", periods: ["AM", "PM"],
    days: names({ weekday: "long" }, 7, day), shortDays: names({ weekday: "short" }, 7, day),
    months: names({ month: "long" }, 12, month), shortMonths: names({ month: "short" }, 12, month),
  };
  const views = new WeakMap();

  const css = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
  function coloured(value) {
    if (typeof value === "string") return value.replace(/^var\((--[\w-]+)\)$/, (_, name) => css(name));
    if (Array.isArray(value)) return value.map(coloured);
    if (value && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, coloured(inner)]));
    return value;
  }
  function config() {
    const ink = css("--ink-2"), line = css("--line"), font = "Inter Var, sans-serif";
    return {
      background: "transparent", font, view: { stroke: null },
      axis: { labelColor: ink, titleColor: ink, gridColor: line, domainColor: line, tickColor: line, labelFontSize: 12, titleFontWeight: 500, labelPadding: 6 },
      axisX: { grid: false }, axisY: { domain: false, ticks: false },
      legend: { labelColor: ink, titleColor: ink, labelFontSize: 12, orient: "top", symbolType: "circle" },
      title: { color: css("--ink") }, text: { color: css("--ink") }, rule: { color: ink }, bar: { cornerRadiusEnd: 3 },
      range: { category: ["--chart-1", "--chart-2", "--chart-3", "--chart-4", "--chart-5", "--chart-6"].map(css) },
    };
  }

  const tip = document.createElement("div");
  tip.className = "chart-tip"; tip.hidden = true; tip.setAttribute("role", "tooltip");
  function showTip(_handler, event, _item, value) {
    tip.hidden = value == null || value === "";
    if (tip.hidden) return;
    const table = document.createElement("table");
    for (const [key, text] of Object.entries(typeof value === "object" ? value : { "": value })) {
      const row = table.insertRow();
      row.insertCell().textContent = key; row.insertCell().textContent = text;
    }
    tip.replaceChildren(table);
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.min(event.clientX + 12, innerWidth - width - 8)}px`;
    tip.style.top = `${Math.max(8, event.clientY - height - 12)}px`;
  }

  async function draw(element) {
    const source = document.getElementById(element.dataset.chart);
    if (!source) return;
    views.get(element)?.finalize();
    const specification = coloured(JSON.parse(source.textContent));
    const fluid = { autosize: { type: "fit-x", contains: "padding" } };
    const compiled = compile({ ...fluid, width: "container", ...specification }, { config: config() }).spec;
    const view = new vega.View(vega.parse(compiled, null, { ast: true }), {
      expr: expressionInterpreter, renderer: "svg", hover: true, container: element, tooltip: showTip,
      locale: { number: NUMBERS, time: DATES }, logLevel: vega.Error,
    });
    views.set(element, view);
    await view.runAsync();
    element.dataset.drawn = "1";
  }
  const drawAll = (root) => root.querySelectorAll("[data-chart]").forEach((element) => draw(element));

  document.body.append(tip);
  drawAll(document);
  document.addEventListener("entendu:theme", () => drawAll(document));
  document.addEventListener("htmx:after:settle", (event) => event.target.querySelectorAll && drawAll(event.target));
})();
