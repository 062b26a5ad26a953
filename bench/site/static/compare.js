// mer-bench: the difference between two methods, computed beforehand and looked up here.
"use strict";
(() => {
  const tasks = JSON.parse(document.getElementById("differences").textContent);
  const form = document.getElementById("compare");
  const answer = document.getElementById("answer");
  const { task, first, second } = form.elements;

  const options = (select, words) =>
    select.replaceChildren(...words.map((word, i) => new Option(word, i)));
  const text = (value) => Math.abs(value).toFixed(3).replace(/^0\./, ".");
  const signed = (value) => (value < 0 ? "−" : "+") + text(value);
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
    const { rows, pairs, title } = tasks[task.value];
    const [i, j] = [Number(first.value), Number(second.value)];
    const [a, b] = [rows[i], rows[j]];
    if (i === j) return answer.replaceChildren(element("p", "Choose two different methods."));
    const pair = pairs.find(([k, l]) => (k === i && l === j) || (k === j && l === i));
    let [, , value, low, high] = pair;
    if (pair[0] !== i) [value, low, high] = [-value, -high, -low];
    const clear = low > 0 || high < 0;
    const ranks = [a, b].map(([name, , rank]) => (rank === null ? `${name} is not ranked` : `${name} has rank ${rank}`));
    answer.replaceChildren(
      element("p", `${title}: UF1 of ${a[0]} ${text(a[1])}, of ${b[0]} ${text(b[1])}.`),
      element("p", `${signed(value)} [${signed(low)}, ${signed(high)}]`, "value"),
      picture(value, low, high),
      element(
        "p",
        `${clear ? "The interval excludes zero" : "The interval includes zero: these subjects do not tell the two apart"}. ${ranks.join(", ")}.`,
      ),
    );
  }

  function choose() {
    const names = tasks[task.value].rows.map(([name]) => name);
    options(first, names);
    options(second, names);
    second.value = "1";
    show();
  }

  options(task, tasks.map((one) => one.title));
  task.addEventListener("change", choose);
  first.addEventListener("change", show);
  second.addEventListener("change", show);
  form.hidden = false;
  choose();
})();
