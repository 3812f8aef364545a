// data-set-theme="light|dark|auto" on a button; the choice is a cookie so that the server's first byte is right.
document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-set-theme]");
  const theme = button?.dataset.setTheme;
  if (!button || !theme) return;
  document.documentElement.dataset.theme = theme;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  for (const other of document.querySelectorAll<HTMLElement>("[data-set-theme]")) {
    other.setAttribute("aria-pressed", String(other.dataset.setTheme === theme));
  }
  document.dispatchEvent(new CustomEvent("theme"));
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new CustomEvent("theme")));

/** Colours of the tokens as the theme in force resolves them, for canvases and other things CSS does not reach. */
export function colours<T extends string>(...names: T[]): Record<T, string> {
  const probe = document.createElement("span");
  document.body.append(probe);
  const found = {} as Record<T, string>;
  for (const name of names) {
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}
