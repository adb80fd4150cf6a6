// Comfort only: everything reads without it. Filters over the points, and copy buttons.
"use strict";
(() => {
  const form = document.querySelector(".filters");
  const points = [...document.querySelectorAll("details.point")].map((node) => ({ node, text: node.textContent.toLowerCase() }));
  const groups = [...document.querySelectorAll(".group")];
  const none = document.querySelector("p.none");

  function apply() {
    const wanted = Object.fromEntries(new FormData(form));
    const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { node, text } of points) {
      const fits = ["state", "level", "kind"].every((name) => !wanted[name] || node.dataset[name] === wanted[name])
        && words.every((word) => text.includes(word));
      node.hidden = !fits;
      shown += fits;
    }
    for (const group of groups) group.hidden = !group.querySelector("details.point:not([hidden])");
    none.hidden = shown > 0;
    form.querySelector(".found b").textContent = String(shown);
  }

  if (form) {
    form.hidden = false;
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    apply();
  }

  for (const button of document.querySelectorAll("button.copy")) {
    button.hidden = false;
    const word = button.textContent;
    button.addEventListener("click", async () => {
      const code = button.closest(".code").querySelector("code");
      try {
        await navigator.clipboard.writeText(code.textContent);
      } catch {
        getSelection().selectAllChildren(code);
        document.execCommand("copy");
      }
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = word; }, 2000);
    });
  }

  function openTarget() {
    let node = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (node && node.tagName === "DETAILS") node.open = true;
    while (node) { if (node.tagName === "DETAILS") node.open = true; node = node.parentElement; }
  }
  addEventListener("hashchange", openTarget);
  openTarget();
})();
