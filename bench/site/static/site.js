// mer-bench: tables that sort and filter. Without this script they are plain tables.
"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  if (table.tBodies[0].rows.length < 2) continue;
  const about = table.caption ? table.caption.textContent.trim() : "table";
  new DataTable(table, {
    paging: false,
    info: false,
    autoWidth: false,
    order: [],
    orderMulti: true,
    layout: { topStart: "search", topEnd: null, bottomStart: null, bottomEnd: null },
    language: { search: "Filter", zeroRecords: "No row matches the filter." },
    initComplete() {
      const input = table.closest(".dt-container")?.querySelector(".dt-search input");
      if (input) input.setAttribute("aria-label", `Filter: ${about}`);
    },
  });
}
