// Save a figure as PNG: its SVG drawn on a canvas, at twice its size.
"use strict";

document.addEventListener("click", async ({ target }) => {
  const address = target.dataset?.png;
  if (!address) return;
  const image = new Image();
  image.src = address;
  try {
    await image.decode();
  } catch {
    target.textContent = "PNG can’t be made here; take the SVG";
    return;
  }
  const canvas = document.createElement("canvas");
  canvas.width = 2 * image.naturalWidth;
  canvas.height = 2 * image.naturalHeight;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((content) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = target.dataset.name;
    link.click();
    URL.revokeObjectURL(link.href);
  }, "image/png");
});
