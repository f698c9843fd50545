// The page of a determination: the source panel, the sheet that shows it on a phone, and the walk from hit to hit.
"use strict";

(() => {
  // Scroll to the highlighted words: inside the source panel on a wide screen, else the page itself.
  const wide = window.matchMedia("(min-width: 64rem)");
  const show = (words) => {
    const text = words.closest("#source-text");
    if (wide.matches) {
      // Of a page that is an image, all is shown.
      text.scrollTop = words.offsetTop - (words.matches("mark") ? text.clientHeight / 3 : 0);
    } else {
      words.scrollIntoView({ block: "center" });
    }
  };

  // On a small screen, show the sentence around the words in a sheet over the page, so that the reader keeps the place.
  const openSheet = (sheet, value) => {
    sheet.addEventListener("click", (event) => {
      if (event.target === sheet) sheet.close();
    });
    sheet.addEventListener("close", () => {
      if (sheet.returnValue === "read") {
        document.getElementById("source-text").focus({ preventScroll: true });
        show(document.querySelector("#source #at"));
      } else {
        value.focus({ preventScroll: true });
      }
    });
    sheet.showModal();
  };
  const lit = document.querySelector("#source #at");
  if (lit && wide.matches) show(lit);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "source") return;
    const words = document.querySelector("#source #at");
    const value = event.detail.requestConfig?.elt;
    const sheet = document.getElementById("sheet");
    if (words) {
      if (wide.matches || !value) show(words);
      else openSheet(sheet, value);
    }
    for (const link of document.querySelectorAll(".lit[href]")) link.classList.remove("lit");
    if (words) value?.classList.add("lit");
  });

  // Let the link to the determination be copied; without scripts, or where a page may not write to the clipboard, the
  // link itself is what is copied by hand.
  const link = document.getElementById("permalink");
  if (link && navigator.clipboard) {
    const copy = document.createElement("button");
    copy.type = "button";
    copy.className = "button";
    copy.textContent = "Copy link";
    const copied = document.createElement("span");
    copied.setAttribute("role", "status");
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(link.href);
        copied.textContent = "Link copied";
      } catch {
        copied.textContent = link.href;
      }
    });
    link.replaceWith(copy, " ", copied);
  }

  // Unfold an item from the table in place; without scripts the link loads the page with the item unfolded.
  for (const link of document.querySelectorAll(".items a")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      const item = document.querySelector(link.hash);
      item.querySelector("details.whole").open = true;
      item.tabIndex = -1;
      item.focus({ preventScroll: true });
      item.scrollIntoView();
      window.history.replaceState(null, "", link.href);
    });
  }

  // Add Previous and Next buttons to the numbered links of the hits, and the keys p and n while the focus is among them:
  // keys of one letter that work anywhere get in the way of speech input (WCAG 2.1.4).
  const hits = document.getElementById("hits");
  if (hits) {
    const marks = Array.from(document.querySelectorAll("mark[id^=hit-]"));
    const at = () => marks.findIndex((mark) => `#${mark.id}` === window.location.hash);
    const go = (step) => {
      const place = at() < 0 && step < 0 ? marks.length - 1 : (at() + step + marks.length) % marks.length;
      for (let box = marks[place].closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
      const focused = document.activeElement;
      window.location.hash = marks[place].id;
      // Going to a fragment takes the focus from the button.
      focused.focus({ preventScroll: true });
      said.textContent = `${place + 1} of ${marks.length}`;
    };
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    const buttons = [["Previous", -1, "p"], ["Next", 1, "n"]].map(([label, step, key]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.title = `${label} hit (key ${key})`;
      button.addEventListener("click", () => go(step));
      return button;
    });
    hits.append(...buttons, said);
    hits.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "n") go(1);
      if (event.key === "p") go(-1);
    });
  }
})();
