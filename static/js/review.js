// The review: going to a field lights its words in the letter, selecting words there fills the field, Ctrl+Enter accepts.
"use strict";

(() => {
  const text = document.getElementById("letter-text");
  const form = document.getElementById("review");
  document.getElementById("error")?.focus();

  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-accept]"));
    }
  });
  if (!text?.firstChild) return;

  const said = document.getElementById("filled");
  said.textContent = said.dataset.hint;
  const canLight = "highlights" in CSS && typeof Highlight === "function";

  // Light the words at [start, end) of the letter, and scroll its panel to them.
  const light = (span) => {
    if (!span) {
      if (canLight) CSS.highlights.delete("words");
      return;
    }
    const [start, end] = span.split(",").map(Number);
    const words = document.createRange();
    words.setStart(text.firstChild, start);
    words.setEnd(text.firstChild, end);
    if (canLight) CSS.highlights.set("words", new Highlight(words));
    const place = words.getBoundingClientRect().top - text.getBoundingClientRect().top;
    text.scrollTop += place - text.clientHeight / 3;
  };

  let field = null;
  form.addEventListener("focusin", ({ target }) => {
    if (target.matches("[data-span]")) light(target.dataset.span);
    if (target.matches("textarea, select, input:not([type=hidden], [type=checkbox])")) field = target;
  });
  form.addEventListener("click", ({ target }) => {
    if (target.matches("button.place")) light(target.dataset.span);
  });

  // What a field takes of some words: a day in its form, a number without its sign, a code by its label.
  const taken = (words) => {
    const flat = words.replace(/-\s*\n\s*/g, "-").replace(/\s+/g, " ").trim();
    if (field.type === "date") {
      const day = /^(\d{1,2})[/-](\d{1,2})[/-](\d{2}|\d{4})$/.exec(flat);
      const value = day ? `${day[1]}/${day[2]}/${day[3].length === 2 ? `20${day[3]}` : day[3]}` : flat;
      const parsed = new Date(`${value} UTC`);
      return Number.isNaN(parsed.getTime()) ? null : parsed.toISOString().slice(0, 10);
    }
    if (field.type === "number") return /\d+/.exec(flat.replace(/,/g, ""))?.[0] ?? null;
    if (field.tagName === "SELECT") {
      const option = [...field.options].find((each) => each.value && flat.toLowerCase().startsWith(each.text.toLowerCase()));
      return option ? option.value : null;
    }
    return field.tagName === "TEXTAREA" ? words.split(/\n\s*\n/).map((part) => part.replace(/\s+/g, " ").trim()).join("\n\n") : flat;
  };

  const fill = () => {
    const chosen = document.getSelection();
    if (!field || !chosen || chosen.isCollapsed || !text.contains(chosen.anchorNode)) return;
    const value = taken(chosen.toString());
    const name = field.labels?.[0]?.textContent.trim() || field.getAttribute("aria-label");
    if (value === null) {
      said.textContent = `These words are no value for “${name}”.`;
      return;
    }
    const filled = field;
    const before = filled.value;
    if (value === before) return;
    filled.value = value;
    filled.dispatchEvent(new Event("input", { bubbles: true }));
    said.textContent = `“${name}” is filled. `;
    const undo = document.createElement("button");
    undo.type = "button";
    undo.className = "link";
    undo.textContent = "Undo";
    undo.addEventListener("click", () => {
      filled.value = before;
      said.textContent = said.dataset.hint;
      filled.focus();
    });
    said.append(undo);
  };
  text.addEventListener("mouseup", fill);
  text.addEventListener("touchend", fill);
  text.addEventListener("keyup", (event) => {
    if (event.shiftKey || event.key === "Shift") fill();
  });
})();
