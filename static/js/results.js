// The result list: filters that act at once, the sheet of filters on a phone, the busy sign, focus after paging.
"use strict";

(() => {
  const sheet = () => document.getElementById("facets");

  // Ask as soon as a filter changes. A value may stand twice, in its list and among the values found by name.
  document.addEventListener("change", ({ target }) => {
    if (!["filters", "columns-form"].includes(target.form?.id)) return;
    for (const twin of target.form.elements) {
      if (twin.type === "checkbox" && twin.name === target.name && twin.value === target.value) twin.checked = target.checked;
    }
    target.form.requestSubmit();
  });

  // While the sheet covers the page, it is a dialog and the rest is out of reach.
  document.addEventListener("toggle", (event) => {
    if (event.target !== sheet()) return;
    const isOpen = event.newState === "open";
    for (const other of document.querySelectorAll("header.top, footer, .found, .open-filters")) other.inert = isOpen;
    if (isOpen) {
      sheet().setAttribute("role", "dialog");
      sheet().setAttribute("aria-modal", "true");
      sheet().setAttribute("aria-label", "Filters");
    } else {
      for (const name of ["role", "aria-modal", "aria-label"]) sheet().removeAttribute(name);
      document.querySelector(".open-filters").focus();
    }
  }, true);

  // Keep the sheet open, where it was, when its values are counted again.
  let before = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "results") return;
    before = { isOpen: sheet().matches(":popover-open"), top: sheet().scrollTop, focus: document.activeElement?.id };
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "results" || !before?.isOpen) return;
    sheet().showPopover();
    sheet().scrollTop = before.top;
    document.getElementById(before.focus)?.focus({ preventScroll: true });
  });

  // After turning the page, go on reading from the heading.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.requestConfig?.elt?.closest(".pager")) document.getElementById("headline").focus();
  });

  // Copy the address of the results; a browser that does not allow it says so.
  document.addEventListener("click", async ({ target }) => {
    if (target.id !== "copy-link") return;
    const said = document.getElementById("announcement");
    try {
      await navigator.clipboard.writeText(window.location.href);
      target.textContent = said.textContent = target.dataset.copied;
    } catch {
      said.textContent = target.textContent = "Copy the address of this page from the browser’s address bar";
    }
  });

  // Say that the page is busy once an answer takes longer than a blink.
  let timer = 0;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target.id !== "results") return;
    clearTimeout(timer);
    timer = setTimeout(() => event.detail.target.setAttribute("aria-busy", "true"), 300);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.target.id !== "results") return;
    clearTimeout(timer);
    event.detail.target.removeAttribute("aria-busy");
  });
})();
