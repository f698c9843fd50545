// Suggestions below the search field, as a combobox with a list. Without this file the form searches for words.
"use strict";

(() => {
  const WAIT = 150;
  let timer = 0;
  let asked = 0;
  let active = -1;

  const field = () => document.getElementById("q");
  const list = () => document.getElementById("suggestions");
  const options = () => [...list().querySelectorAll("[role=option]")];

  const close = () => {
    clearTimeout(timer);
    asked += 1;
    active = -1;
    if (!list()) return;
    list().hidden = true;
    field().setAttribute("aria-expanded", "false");
    field().removeAttribute("aria-activedescendant");
  };

  const choose = (at) => {
    const all = options();
    active = (at + all.length + 1) % (all.length + 1); // one place more: the typed words themselves
    all.forEach((each, place) => each.setAttribute("aria-selected", String(place === active)));
    if (active < all.length) {
      field().setAttribute("aria-activedescendant", all[active].id);
      all[active].scrollIntoView({ block: "nearest" });
    } else {
      active = -1;
      field().removeAttribute("aria-activedescendant");
    }
  };

  const ask = async () => {
    const number = (asked += 1);
    const question = new URLSearchParams(new FormData(field().form));
    try {
      const answer = await fetch(`${list().dataset.url}?${question}`);
      const html = answer.ok ? await answer.text() : "";
      if (number !== asked || document.activeElement !== field()) return;
      list().innerHTML = html;
    } catch {
      return; // The form works without suggestions.
    }
    active = -1;
    field().removeAttribute("aria-activedescendant");
    list().hidden = !options().length;
    field().setAttribute("aria-expanded", String(!list().hidden));
  };

  document.addEventListener("focusin", ({ target }) => {
    if (target.id !== "q" || !list()) return;
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", "suggestions"]]) {
      target.setAttribute(name, value);
    }
    if (!target.hasAttribute("aria-expanded")) target.setAttribute("aria-expanded", "false");
  });

  document.addEventListener("input", ({ target }) => {
    if (target.id !== "q" || !list()) return;
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });

  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "q" || !list() || list().hidden) return;
    if (event.key === "ArrowDown") choose(active + 1);
    else if (event.key === "ArrowUp") choose(active < 0 ? options().length - 1 : active - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && active >= 0) window.location.assign(options()[active].dataset.url);
    else return;
    event.preventDefault();
  });

  // Pressing the button down would take the focus off the field and close the list before the click.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest?.("#suggestions")) event.preventDefault();
  });
  document.addEventListener("click", ({ target }) => {
    const option = target.closest?.("#suggestions [role=option]");
    if (option) window.location.assign(option.dataset.url);
  });
  document.addEventListener("focusout", ({ target }) => {
    if (target.id === "q") close();
  });
  document.addEventListener("submit", close);
})();
