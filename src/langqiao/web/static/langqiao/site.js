// Keys, the evidence drawer and the selection on lists. Every page works without this file.
"use strict";

const drawer = document.getElementById("drawer");
const drawerBody = document.getElementById("drawer-body");
let opener = null;

function openDrawer(url, from) {
  opener = from || null;
  drawer.setAttribute("aria-busy", "true");
  if (!drawer.open) drawer.showModal();
  window.htmx.ajax("GET", url, { target: "#drawer-body", swap: "innerHTML" }).then(() => drawer.removeAttribute("aria-busy"));
}

document.addEventListener("click", (event) => {
  const mark = event.target.closest("[data-drawer]");
  if (mark && drawer && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    openDrawer(mark.getAttribute("href"), mark);
    return;
  }
  if (event.target.closest("[data-close]") && drawer) drawer.close();
  if (event.target === drawer) drawer.close();
});
if (drawer) {
  drawer.addEventListener("close", () => {
    drawerBody.replaceChildren();
    if (opener) opener.focus();
  });
}

// One-choice forms that need no button when scripts run.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// Lists: j and k move, o opens, x marks, / searches, ? tells.
const rows = () => Array.from(document.querySelectorAll("[data-row]"));
let at = -1;

function choose(next) {
  const list = rows();
  if (!list.length) return;
  at = Math.max(0, Math.min(list.length - 1, next));
  list.forEach((row, index) => row.classList.toggle("chosen", index === at));
  list[at].scrollIntoView({ block: "nearest" });
  const link = list[at].querySelector("a[data-open]");
  if (link) link.focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea, dialog")) return;
  const row = rows()[at];
  if (event.key === "/") {
    const box = document.querySelector("main input[type=search]") || document.querySelector("input[type=search]");
    if (box) { event.preventDefault(); box.focus(); box.select(); }
  } else if (event.key === "j") choose(at + 1);
  else if (event.key === "k") choose(at - 1);
  else if (event.key === "o" && row) { const link = row.querySelector("a[data-open]"); if (link) link.click(); }
  else if (event.key === "x" && row) { const box = row.querySelector("input[type=checkbox]"); if (box) box.click(); }
  else if (event.key === "?") { const help = document.getElementById("keys"); if (help) help.showModal(); }
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys]")) document.getElementById("keys").showModal();
  const dialog = event.target.closest("dialog");
  if (dialog && event.target.closest("[data-shut]")) dialog.close();
});

// Marks: a select-all box, a range with Shift, the count of what is marked; a button that needs more or fewer says so by being off.
const boxes = () => Array.from(document.querySelectorAll("input[name=item][type=checkbox]"));
let lastMarked = -1;

function tellMarks() {
  const list = boxes();
  if (!list.length) return;
  const n = list.filter((box) => box.checked).length;
  document.querySelectorAll("[data-marked-count]").forEach((place) => {
    if (!place.dataset.hint) place.dataset.hint = place.textContent;
    place.textContent = n ? String(n) + " ✓" : place.dataset.hint;
  });
  document.querySelectorAll("[data-needs]").forEach((button) => {
    const [least, most] = button.dataset.needs.split(" ").map(Number);
    button.disabled = n < least || (most > 0 && n > most);
  });
  document.querySelectorAll("[data-all]").forEach((all) => {
    all.checked = n === list.length;
    all.indeterminate = n > 0 && n < list.length;
  });
}

function markRange(to, checked) {
  const list = boxes();
  const [low, high] = [Math.min(lastMarked, to), Math.max(lastMarked, to)];
  list.slice(low, high + 1).forEach((box) => { box.checked = checked; });
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("input[name=item][type=checkbox]");
  if (!box) return;
  const here = boxes().indexOf(box);
  if (event.shiftKey && lastMarked >= 0) markRange(here, box.checked);
  lastMarked = here;
  tellMarks();
});
document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-all]");
  if (all) boxes().forEach((box) => { box.checked = all.checked; });
  if (all || event.target.matches("input[name=item]")) tellMarks();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "X" || event.target.closest("input[type=search], input[type=text], select, textarea, dialog")) return;
  const row = rows()[at];
  const box = row && row.querySelector("input[name=item]");
  if (!box || lastMarked < 0) return;
  markRange(boxes().indexOf(box), true);
  tellMarks();
});
window.addEventListener("pageshow", tellMarks);
tellMarks();

// A menu closes with Escape and when the reader goes on elsewhere.
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
});
