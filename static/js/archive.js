// Enhancements beyond HTMX. Without this file every page works by full page loads.
"use strict";

(() => {
  let opened = [];

  // Keep <details> open that the reader opened when HTMX swaps their region.
  document.addEventListener("htmx:beforeSwap", (event) => {
    opened = Array.from(event.detail.target.querySelectorAll("details[id][open]"), (each) => each.id);
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  });

  // Swaps change the address of the list that print shows.
  window.addEventListener("beforeprint", () => {
    const printed = document.querySelector("#results") && document.querySelector(".printed .address");
    if (printed) printed.textContent = window.location.href;
  });

  // Show an error response, which HTMX does not swap in, as a page of its own; where a part of the page was only to be
  // added, its plain link stays.
  for (const failure of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(failure, (event) => {
      if (!event.detail.elt.matches("[data-lazy]")) window.location.assign(event.detail.pathInfo.finalRequestPath);
    });
  }
})();
