// mer-bench: the difference between two methods, computed beforehand and read from the page's tables.
"use strict";
(() => {
  const form = document.getElementById("compare");
  const answer = document.getElementById("answer");
  const tables = [...document.querySelectorAll("table.pairs")];
  const { task, first, second } = form.elements;

  const options = (select, words) =>
    select.replaceChildren(...words.map((word, i) => new Option(word, i)));
  const signed = (value) =>
    (value < 0 ? "−" : "+") + Math.abs(value).toFixed(3).replace(/^0\./, ".");
  const element = (name, words, kind) => {
    const made = document.createElement(name);
    made.textContent = words;
    if (kind) made.className = kind;
    return made;
  };
  const drawn = (name, attributes, words) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (words) made.textContent = words;
    return made;
  };

  // The lines of the chosen table: a method each, with its rank, its UF1, and a cell for each
  // method below it.
  const lines = () => [...tables[task.value].tBodies[0].rows];
  // Trimmed: the last cell of a line ends with the line break before the next.
  const word = (line, place) => line.cells[place].textContent.trim();

  // Text of the cell of two methods, i above j: after name, rank and UF1, and the blank that all
  // lines but the first have.
  const cell = (i, j) => word(lines()[i], 2 + (i > 0) + j - i);

  function picture(value, low, high) {
    const most = Math.max(0.1, Math.abs(low), Math.abs(high)) * 1.1;
    const x = (difference) => 200 + (170 * difference) / most;
    const svg = drawn("svg", { viewBox: "0 0 400 60", "aria-hidden": "true" });
    svg.append(
      drawn("line", { class: "axis", x1: 30, x2: 370, y1: 40, y2: 40 }),
      drawn("line", { class: "zero", x1: 200, x2: 200, y1: 5, y2: 40 }),
      drawn("line", { class: "bar", x1: x(low), x2: x(high), y1: 22, y2: 22 }),
      drawn("circle", { cx: x(value), cy: 22, r: 5 }),
    );
    for (const end of [-most, 0, most]) svg.append(drawn("text", { x: x(end), y: 55 }, end ? signed(end) : "0"));
    return svg;
  }

  function show() {
    const [i, j] = [Number(first.value), Number(second.value)];
    if (i === j) return answer.replaceChildren(element("p", "Choose two different methods."));
    const found = cell(Math.min(i, j), Math.max(i, j)).match(/^(\S+) \[(\S+), (\S+)\](.*)$/);
    if (!found) return answer.replaceChildren(element("p", "The two have no seed in common."));
    let [value, low, high] = found.slice(1, 4).map((word) => Number(word.replace("−", "-")));
    if (i > j) [value, low, high] = [-value, -high, -low];
    const both = [i, j].map((place) => lines()[place]);
    const scores = both.map((line) => `of ${word(line, 0)} ${word(line, 2)}`).join(", ");
    const ranks = both.map((line) =>
      word(line, 1) === "–" ? `${word(line, 0)} is not ranked` : `${word(line, 0)} has rank ${word(line, 1)}`,
    );
    // By their signs, which the smallest numbers keep: +.000.
    const clear = found[2][0] === found[3][0];
    answer.replaceChildren(
      element("p", `${tables[task.value].dataset.title}: UF1 ${scores}.`),
      element("p", `${signed(value)} [${signed(low)}, ${signed(high)}]${found[4]}`, "value"),
      picture(value, low, high),
      element(
        "p",
        `${clear ? "The interval excludes zero" : "The interval includes zero: these subjects do not tell the two apart"}. ${ranks.join(", ")}.`,
      ),
    );
  }

  function choose() {
    const names = lines().map((line) => word(line, 0));
    options(first, names);
    options(second, names);
    second.value = "1";
    show();
  }

  options(task, tables.map((table) => table.dataset.title));
  task.addEventListener("change", choose);
  first.addEventListener("change", show);
  second.addEventListener("change", show);
  form.hidden = false;
  choose();
})();
