// The examples of the API on the data page: what a link would answer is shown below it.
"use strict";

(() => {
  const LONGEST = 4000;

  for (const link of document.querySelectorAll("a[data-call]")) {
    link.addEventListener("click", async (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const shown = document.getElementById(link.dataset.call);
      shown.hidden = false;
      shown.textContent = "…";
      try {
        const answer = await fetch(link.href);
        const text = JSON.stringify(await answer.json(), null, 2);
        const rest = text.length > LONGEST ? `\n… ${text.length - LONGEST} more characters` : "";
        shown.textContent = `${answer.status} ${answer.statusText}\n${text.slice(0, LONGEST)}${rest}`;
      } catch {
        window.location.assign(link.href);
      }
    });
  }
})();
