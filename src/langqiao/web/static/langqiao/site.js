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
  if (event.target.closest("input, select, textarea, dialog")) return;
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

// A select-all box over a list, and the count of what is marked.
document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-all]");
  if (all) document.querySelectorAll("input[name=item]").forEach((box) => { box.checked = all.checked; });
});
