// The page of the tray: the kept items in their order with notes, and the saved questions.
"use strict";

(() => {
  const tray = window.imrTray;
  const page = document.getElementById("tray-page");
  const list = document.getElementById("tray-list");
  const form = document.getElementById("export");
  const title = document.getElementById("tray-title");

  // A tray that came with the address can be taken over; all else here is about the own one.
  const takeOver = document.getElementById("take-over");
  if (takeOver) {
    takeOver.addEventListener("click", () => tray.add(takeOver.dataset.refs.split(",").filter(Boolean)));
    return;
  }

  const compareLink = document.getElementById("compare-link");
  const rows = () => Array.from(list.querySelectorAll("li[data-ref]"));
  const address = () => `${window.location.origin}${window.location.pathname}?items=${tray.items().map((each) => each.ref).join(",")}`;

  // What is sent, offered and printed follows from the items that are kept.
  const update = () => {
    const kept = tray.items();
    form.elements.items.value = kept.map((each) => each.ref).join(",");
    form.hidden = !kept.length;
    document.getElementById("tray-empty").hidden = kept.length > 0;
    title.textContent = kept.length ? `Tray: ${kept.length} item${kept.length === 1 ? "" : "s"}` : "Tray";
    document.querySelector(".printed .address").textContent = kept.length ? address() : window.location.href;
    const all = rows();
    all.forEach((row, place) => {
      row.querySelector("[data-move='-1']").disabled = place === 0;
      row.querySelector("[data-move='1']").disabled = place === all.length - 1;
    });
    const ticked = all.filter((row) => row.querySelector(".tick input").checked).map((row) => row.dataset.ref);
    compareLink.hidden = ticked.length !== 2;
    compareLink.href = `${page.dataset.compareUrl}?a=${ticked[0]}&b=${ticked[1]}`;
  };

  const move = (row, step, button) => {
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (step < 0) other.before(row);
    else other.after(row);
    const kept = new Map(tray.items().map((each) => [each.ref, each]));
    const order = rows().map((each) => kept.get(each.dataset.ref)).filter(Boolean);
    tray.setItems(order);
    update();
    // At the end of the list the button is disabled; its twin is next to it.
    (button.disabled ? row.querySelector(`[data-move='${-step}']`) : button).focus();
    tray.say(`Place ${rows().indexOf(row) + 1} of ${order.length}.`);
  };

  const remove = (row) => {
    const near = row.nextElementSibling ?? row.previousElementSibling;
    tray.remove([row.dataset.ref]);
    row.remove();
    update();
    (near?.querySelector("[data-remove]") ?? title).focus();
  };

  const equip = (row, note) => {
    const { ref } = row.dataset;
    row.append(document.getElementById("tray-controls").content.cloneNode(true));
    const field = row.querySelector("textarea");
    const printed = row.querySelector(".note-printed");
    field.name = `note-${ref}`;
    field.value = printed.textContent = note;
    field.addEventListener("input", () => {
      printed.textContent = field.value;
      tray.setItems(tray.items().map((each) => (each.ref === ref ? { ref, note: field.value } : each)));
    });
    for (const control of row.querySelectorAll(".controls button, .tick, .note > span")) {
      const told = document.createElement("span");
      told.className = "unseen";
      told.textContent = ` ${ref}`;
      control.append(told);
    }
    for (const button of row.querySelectorAll("[data-move]")) {
      button.addEventListener("click", () => move(row, Number(button.dataset.move), button));
    }
    row.querySelector("[data-remove]").addEventListener("click", () => remove(row));
    row.querySelector(".tick input").addEventListener("change", update);
  };

  // The archive says what the items are now; those that it does not have any more are listed too, to be removed.
  const load = async () => {
    const kept = tray.items();
    if (kept.length) {
      try {
        const answer = await fetch(`${page.dataset.itemsUrl}?items=${kept.map((each) => each.ref).join(",")}`);
        if (!answer.ok) throw new Error(answer.statusText);
        list.innerHTML = await answer.text();
      } catch {
        list.textContent = "The items could not be loaded; please load the page again.";
        return;
      }
      const found = new Map(rows().map((row) => [row.dataset.ref, row]));
      for (const { ref, note } of kept) {
        const row = found.get(ref);
        if (!row) continue;
        row.parentElement.append(row);
        equip(row, note);
      }
    }
    update();
  };

  const showQuestions = () => {
    const kept = tray.questions();
    const saved = document.getElementById("saved");
    document.getElementById("saved-empty").hidden = kept.length > 0;
    saved.replaceChildren(...kept.map((question) => {
      const row = document.getElementById("saved-controls").content.cloneNode(true).firstElementChild;
      const [open, feed] = row.querySelectorAll("a");
      const name = row.querySelector("input");
      open.href = page.dataset.listUrl + question.query;
      feed.href = `${page.dataset.listUrl}feed/${question.query}`;
      name.value = question.name;
      name.addEventListener("change", () => {
        const given = name.value.trim();
        const isTaken = tray.questions().some((each) => each.name === given && each.query !== question.query);
        if (!given || isTaken) {
          tray.say(given ? `“${given}” is taken.` : "A question needs a name.");
          name.value = question.name;
          return;
        }
        tray.setQuestions(tray.questions().map((each) => (each.name === question.name ? { ...each, name: given } : each)));
        question.name = given;
        tray.say(`Renamed to “${given}”.`);
      });
      row.querySelector("button").addEventListener("click", () => {
        tray.setQuestions(tray.questions().filter((each) => each.name !== question.name));
        tray.say(`“${question.name}” is deleted.`);
        showQuestions();
        title.focus();
      });
      for (const control of [open, feed, row.querySelector("button")]) {
        const told = document.createElement("span");
        told.className = "unseen";
        told.textContent = ` ${question.name}`;
        control.append(told);
      }
      return row;
    }));
  };

  document.getElementById("copy-tray").addEventListener("click", async (event) => {
    try {
      await navigator.clipboard.writeText(address());
      event.target.textContent = "Link copied";
      tray.say("Link copied");
    } catch {
      window.location.assign(address());
    }
  });
  document.getElementById("print-tray").addEventListener("click", () => window.print());
  window.addEventListener("storage", () => {
    load();
    showQuestions();
  });
  load();
  showQuestions();
})();
