// The drop zone: files can be dropped, limits are said before anything is sent, and sending shows its progress.
// Without scripts it is a plain form.
"use strict";

for (const form of document.querySelectorAll("form.drop-zone")) {
  const input = form.querySelector("input[type=file]");
  const problem = form.querySelector(".drop-problem");
  const progress = form.querySelector(".drop-progress");
  const mostFiles = Number(form.dataset.mostFiles);
  const megabytes = Number(form.dataset.megabytes);
  form.querySelector(".drop-hint").hidden = false;

  const say = (sentence) => {
    problem.replaceChildren();
    if (sentence) {
      const note = document.createElement("p");
      note.className = "errornote";
      note.textContent = sentence;
      problem.append(note);
    }
    return sentence;
  };

  const wrong = () => {
    const files = [...input.files];
    const size = files.reduce((sum, file) => sum + file.size, 0);
    if (files.length === 0) return "Choose at least one file.";
    if (files.length > mostFiles) return `At most ${mostFiles.toLocaleString()} files can be uploaded at once. Put them into one .zip archive instead.`;
    if (size > megabytes * 1024 * 1024) return `These files have ${Math.ceil(size / 1024 / 1024).toLocaleString()} MB; one upload may have ${megabytes.toLocaleString()} MB. Upload them in parts.`;
    return "";
  };

  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      say(wrong());
    }
  });
  input.addEventListener("change", () => say(wrong()));

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (say(wrong())) return;
    const request = new XMLHttpRequest();
    const bar = progress.querySelector("progress");
    const told = progress.querySelector("span");
    progress.hidden = false;
    form.querySelector("input[type=submit]").disabled = true;
    const failed = (sentence) => {
      progress.hidden = true;
      form.querySelector("input[type=submit]").disabled = false;
      say(sentence);
    };
    request.upload.addEventListener("progress", (sent) => {
      if (!sent.lengthComputable) return;
      bar.value = (sent.loaded / sent.total) * 100;
      told.textContent = sent.loaded < sent.total ? `${Math.floor(bar.value)} % sent` : "Sent; it is stored now …";
    });
    request.addEventListener("load", () => {
      if (request.status === 200 && new URL(request.responseURL).pathname !== new URL(form.action).pathname) {
        location.assign(request.responseURL);
        return;
      }
      const answer = new DOMParser().parseFromString(request.responseText, "text/html");
      const sentence = answer.querySelector(".drop-problem, main p")?.textContent.trim();
      failed(sentence || "The upload failed. The files are still chosen; please try again.");
    });
    request.addEventListener("error", () => failed("The connection broke. The files are still chosen; please try again."));
    request.open("POST", form.action);
    request.send(new FormData(form));
  });
}
