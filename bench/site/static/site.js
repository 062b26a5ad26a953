// mer-bench: tables that sort and filter, and the details of a row. Without this script they are
// plain tables, and the details are a table of their own.
"use strict";
document.documentElement.classList.add("scripted");

const element = (name, words = "") => Object.assign(document.createElement(name), { textContent: words });

// A place to break after each slash: names of classes are long.
const broken = (words) => words.replaceAll("/", "/\u200b");

// The line of the table of details that belongs to a row, in a window over the page.
function show(row, line, heads) {
  const shown = document.getElementById("details");
  const list = element("dl");
  heads.forEach((head, i) => {
    if (i) list.append(element("dt", broken(head.textContent)), element("dd", line.cells[i].textContent));
  });
  const [method, close] = [row.querySelector("th a"), element("button", "Close")];
  const link = Object.assign(element("a", `All about ${method.textContent}`), { href: method.href });
  const end = element("p");
  end.append(link, " ", close);
  close.addEventListener("click", () => shown.hidePopover());
  shown.setAttribute("aria-label", method.textContent);
  shown.replaceChildren(element("h3", method.textContent), list, end);
  shown.showPopover();
}

for (const table of document.querySelectorAll("table.sortable")) {
  const details = document.getElementById(`${table.id}-details`);
  // Before the rows are sorted: both tables have them in the same order.
  [...table.tBodies[0].rows].forEach((row, i) => {
    row.querySelector(".more")?.addEventListener("click", () =>
      show(row, details.tBodies[0].rows[i], [...details.tHead.rows[0].cells]),
    );
  });
  if (table.tBodies[0].rows.length < 2) continue;
  const about = table.caption ? table.caption.textContent.trim() : "table";
  new DataTable(table, {
    paging: false,
    info: false,
    autoWidth: false,
    order: [],
    columnDefs: [{ targets: "score", orderSequence: ["desc", "asc", ""] }],
    orderMulti: true,
    layout: { topStart: "search", topEnd: null, bottomStart: null, bottomEnd: null },
    language: { search: "Filter", zeroRecords: "No row matches the filter." },
    initComplete() {
      const input = table.closest(".dt-container")?.querySelector(".dt-search input");
      if (input) input.setAttribute("aria-label", `Filter: ${about}`);
    },
  });
}
