// Times of the admin in the reader's own time zone and wording; without scripts they stand in the archive's.
"use strict";
const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
for (const time of document.querySelectorAll("time[data-local]")) {
  time.title = time.textContent;
  time.textContent = format.format(new Date(time.dateTime));
}
