// Drop-down menus are <details class="menu">: one open at a time, closed by Escape or a click elsewhere.
const openMenus = (): NodeListOf<HTMLDetailsElement> => document.querySelectorAll<HTMLDetailsElement>("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target as Node)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = openMenus()[0];
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary")?.focus();
    event.preventDefault();
    event.stopImmediatePropagation();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const entries = [...menu.querySelectorAll<HTMLElement>(".drop :is(a, button)")];
    const at = entries.indexOf(document.activeElement as HTMLElement);
    const next = entries[(at + (event.key === "ArrowDown" ? 1 : -1) + entries.length) % entries.length];
    next?.focus();
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

// data-toggle="#id" opens and closes a part of the page, data-close shuts the nearest one.
document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const toggle = target.closest<HTMLElement>("[data-toggle]");
  if (toggle) {
    const part = document.querySelector<HTMLElement>(toggle.dataset.toggle ?? "");
    if (!part) return;
    const className = toggle.dataset.toggleClass;
    const open = className ? part.classList.toggle(className) : !(part.hidden = !part.hidden);
    toggle.setAttribute("aria-expanded", String(open));
  }
  const close = target.closest<HTMLElement>("[data-close]");
  if (close) {
    const part = close.dataset.close ? document.querySelector<HTMLElement>(close.dataset.close) : close.closest<HTMLElement>("dialog, .sheet");
    if (part instanceof HTMLDialogElement) part.close();
    else if (part?.matches(".sheet")) part.replaceChildren();
    else if (part) part.hidden = true;
  }
});
