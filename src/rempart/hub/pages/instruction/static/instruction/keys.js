// Shortcuts of the lists of files: j and k move the focus from file to file, x ticks, ? shows the help.
// Nothing is lost without this script: every shortcut does what Tab, Enter and Space do.
(() => {
  "use strict";
  const STORE = "rempart.keys";
  const link = (row) => row.querySelector("th a");
  const isFile = (row) => /\/dossiers\/[^/]+\/$/.test(link(row)?.getAttribute("href") ?? "");
  const rows = () => [...document.querySelectorAll("#main table tbody tr")].filter(isFile);
  const here = () => document.activeElement.closest("#main table tbody tr");
  const help = () => document.querySelector("[data-keys]");
  const isOn = () => stored() !== "off";

  function stored() {
    try {
      return localStorage.getItem(STORE);
    } catch {
      return null; // a browser that keeps nothing: the shortcuts work, and are turned off for one page only
    }
  }

  function move(step) {
    const all = rows();
    const at = all.indexOf(here());
    const next = all[at === -1 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
    if (next) link(next).focus();
  }

  function tick() {
    const box = here()?.querySelector("input[type=checkbox]");
    if (box) {
      box.focus(); // so that a screen reader says that it is ticked
      box.click();
    }
  }

  function showHelp() {
    const shown = help().querySelector("details");
    shown.open = true;
    shown.querySelector("summary").focus();
  }

  function isTyping(target) {
    if (target.isContentEditable || target.closest("textarea, select")) return true;
    return target.matches("input") && !["checkbox", "radio", "button", "submit"].includes(target.type);
  }

  const DOES = { j: () => move(1), k: () => move(-1), x: tick, "?": showHelp };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (!help() || !isOn() || isTyping(event.target)) return;
    if (event.key === "Enter" && event.target.matches("tbody tr input[type=checkbox]")) {
      event.preventDefault(); // Enter on a box would send the whole form
      link(here()).click();
    } else if (Object.hasOwn(DOES, event.key)) {
      event.preventDefault();
      DOES[event.key]();
    }
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-keys] input")) return;
    try {
      localStorage.setItem(STORE, event.target.checked ? "on" : "off");
    } catch {
      // nothing is kept: see above
    }
  });

  function prepare() {
    const section = help();
    if (section) {
      section.hidden = false;
      section.querySelector("input").checked = isOn();
    }
  }

  prepare();
  document.addEventListener("htmx:afterSettle", prepare);
})();
