// The tray and the saved questions: kept in the browser's storage, read and written by window.imrTray.
"use strict";

window.imrTray = (() => {
  const LIMIT = 50;
  const ITEMS = "imr-tray";
  const QUESTIONS = "imr-questions";
  const REFERENCE = /^[A-Z0-9-]{1,20}-[0-9]{1,4}$/;

  // What the storage holds may have been written by another version, or be forbidden to read.
  const read = (key, isValid) => {
    try {
      const found = JSON.parse(localStorage.getItem(key));
      return Array.isArray(found) ? found.filter(isValid) : [];
    } catch {
      return [];
    }
  };
  const write = (key, value) => {
    try {
      localStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch {
      say("This browser keeps nothing for this site.");
      return false;
    }
  };
  const say = (text) => {
    document.getElementById("announcement").textContent = text;
  };

  const items = () => read(ITEMS, (each) => REFERENCE.test(each?.ref)).map(({ ref, note }) => ({ ref, note: String(note ?? "") }));
  const questions = () => read(QUESTIONS, (each) => typeof each?.name === "string" && /^(\?|$)/.test(each?.query));
  const setItems = (value) => write(ITEMS, value) && (refresh(), true);
  const setQuestions = (value) => write(QUESTIONS, value);

  const add = (refs) => {
    const kept = items();
    const held = new Set(kept.map((each) => each.ref));
    const fresh = refs.filter((ref) => !held.has(ref));
    const fitting = fresh.slice(0, LIMIT - kept.length);
    if (!setItems([...kept, ...fitting.map((ref) => ({ ref, note: "" }))])) return;
    const count = kept.length + fitting.length;
    say(fitting.length < fresh.length ? `The tray holds ${LIMIT} items; remove some first.` : `Added. ${count} in the tray.`);
  };
  const remove = (refs) => {
    const left = items().filter((each) => !refs.includes(each.ref));
    if (setItems(left)) say(`Removed. ${left.length} in the tray.`);
  };

  // Show the state of each button and the number in the navigation.
  const refresh = () => {
    const held = new Set(items().map((each) => each.ref));
    const count = document.querySelector("#tray-link b");
    count.textContent = held.size;
    count.hidden = !held.size;
    for (const button of document.querySelectorAll("[data-tray]")) {
      const isIn = button.dataset.tray.split(" ").every((ref) => held.has(ref));
      const label = button.querySelector("span");
      button.setAttribute("aria-pressed", isIn);
      label.dataset.add ??= label.textContent;
      label.textContent = isIn ? label.dataset.in ?? "In tray" : label.dataset.add;
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-tray]");
    if (!button) return;
    const refs = button.dataset.tray.split(" ");
    if (button.getAttribute("aria-pressed") === "true") remove(refs);
    else add(refs);
  });

  // Save the question of a list under a name; a name that is taken gets the new question.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("question" in form.dataset)) return;
    event.preventDefault();
    const name = form.elements.name.value.trim();
    if (!name) return;
    const others = questions().filter((each) => each.name !== name);
    if (!setQuestions([{ name, query: form.dataset.question }, ...others])) return;
    say(`Saved as “${name}”. Saved questions stand on the page of the tray.`);
    form.querySelector("button").textContent = "Saved";
  });

  document.addEventListener("htmx:afterSettle", refresh);
  window.addEventListener("storage", refresh);
  window.addEventListener("pageshow", refresh);
  refresh();
  return { add, items, questions, remove, say, setItems, setQuestions };
})();
