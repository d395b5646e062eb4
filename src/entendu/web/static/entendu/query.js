// Colours the query language while somebody types, over a textarea whose own letters are transparent; underlines what the
// server says is wrong; keeps by Ctrl+Enter. The pieces are those of reading/query/lexer.py (a test holds both together).
(() => {
  const editor = document.querySelector("[data-editor]");
  if (!editor) return;
  const area = editor.querySelector("textarea"), paint = editor.querySelector(".query-paint");
  const fields = new Set(editor.dataset.fields.split(" "));
  const QUOTES = "\"“”„‟«»";
  const PIECE = new RegExp(`[^\\s()${QUOTES}]+`, "uy"), CLOSING = new RegExp(`[${QUOTES}]`, "u");
  const OPERATORS = new Set(["AND", "ET", "OR", "OU", "NOT", "SAUF"]);
  const NEAR = /^(NEAR|PRÈS|PRES)(\/.*)?$/su;
  const FIELD = /^(\p{L}[\p{L}\p{N}_-]*|_[\p{L}\p{N}_]+)(:|>=|<=|>|<|=)(.*)$/su;
  const LINK = /^https?:\/\//i;

  // [sort, start, end], in UTF-16 units; an open quotation mark or an unknown field ends the list.
  function pieces(text) {
    const found = [];
    let at = 0;
    const quoted = (from) => { const rest = text.slice(from + 1).search(CLOSING); return rest < 0 ? -1 : from + 2 + rest; };
    while (at < text.length) {
      const sign = text[at];
      if (/\s/.test(sign)) { at += 1; continue; }
      let sort = "word", end;
      if (sign === "(" || sign === ")") [sort, end] = ["paren", at + 1];
      else if (QUOTES.includes(sign)) { sort = "phrase"; end = quoted(at); if (end < 0) break; }
      else if (sign === "-" && /^-[^\s)-]/u.test(text.slice(at, at + 2))) [sort, end] = ["operator", at + 1];
      else {
        PIECE.lastIndex = at;
        const word = PIECE.exec(text)[0], field = LINK.test(word) ? null : FIELD.exec(word);
        end = at + word.length;
        if (OPERATORS.has(word)) sort = "operator";
        else if (NEAR.test(word)) sort = "near";
        else if (field && fields.has(field[1].toLowerCase())) {
          sort = "field";
          if (!field[3]) { if (!(end < text.length && QUOTES.includes(text[end]))) break; end = quoted(end); if (end < 0) break; }
        } else if (field && field[2] === ":" && (field[3] || "(".concat(QUOTES).includes(text[end] ?? "\n"))) break;
        else if ("#@$".includes(word[0]) && [...word].length > 1) sort = "tag";
        else if (word.includes("*")) sort = "wild";
      }
      found.push([sort, at, end]);
      at = end;
    }
    return found;
  }

  // Where the server's trouble stands, counted in code points from 1, as UTF-16 units.
  let trouble = null;
  function readTrouble() {
    const told = document.querySelector("#text-trouble [data-place]");
    area.toggleAttribute("aria-invalid", Boolean(told));
    area.classList.toggle("is-invalid", Boolean(told));
    if (!told) return (trouble = null);
    const signs = [...area.value], place = Number(told.dataset.place) - 1;
    const start = signs.slice(0, place).join("").length;
    trouble = [start, start + signs.slice(place, place + Number(told.dataset.length)).join("").length];
  }
  function draw() {
    const text = area.value, cuts = [];
    let done = 0;
    for (const [sort, start, end] of pieces(text)) {
      if (start > done) cuts.push(["", done, start]);
      cuts.push([sort, start, end]);
      done = end;
    }
    if (done < text.length) cuts.push(["", done, text.length]);
    const nodes = [];
    for (const [sort, start, end] of cuts) {
      const edges = trouble ? [start, ...trouble.filter((edge) => edge > start && edge < end), end] : [start, end];
      for (let n = 0; n + 1 < edges.length; n++) {
        const span = document.createElement("span");
        const wrong = trouble && edges[n] >= trouble[0] && edges[n + 1] <= trouble[1];
        span.className = [sort && `q-${sort}`, wrong && "q-wrong"].filter(Boolean).join(" ");
        span.textContent = text.slice(edges[n], edges[n + 1]);
        nodes.push(span);
      }
    }
    if (trouble && trouble[0] >= text.length) { const end = document.createElement("span"); end.className = "q-wrong"; end.textContent = " "; nodes.push(end); }
    paint.replaceChildren(...nodes, "\n"); // a last line that is empty has its height
    follow();
  }
  function follow() { paint.scrollTop = area.scrollTop; paint.scrollLeft = area.scrollLeft; }

  area.addEventListener("input", () => { trouble = null; draw(); });
  area.addEventListener("scroll", follow);
  document.addEventListener("htmx:after:settle", () => { readTrouble(); draw(); });
  document.addEventListener("change", (event) => { if (event.target.id === "takes") area.dispatchEvent(new Event("input", { bubbles: true })); });
  area.form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); area.form.requestSubmit(); }
  });
  new ResizeObserver(follow).observe(area);
  editor.classList.add("painted");
  readTrouble();
  draw();
})();
