// Markup as an element, its styles set through the object model: what a style attribute in markup says, the policy refuses.
import domify from "domify";

export default function quietly(markup, owner = document) {
  const made = domify(markup.replace(/\sstyle="/g, ' data-style="'), owner);
  const styled = made.querySelectorAll ? [made, ...made.querySelectorAll("[data-style]")] : [];
  for (const element of styled) {
    if (!element.dataset?.style) continue;
    element.style.cssText = element.dataset.style;
    delete element.dataset.style;
  }
  return made;
}
