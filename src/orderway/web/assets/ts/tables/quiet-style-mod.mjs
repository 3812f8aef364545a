// Sheets that a library makes are adopted by the document instead of being written into it as an element.
import { StyleModule as Written } from "style-mod";

const doors = new WeakMap();

function door(page) {
  if (!doors.has(page)) {
    doors.set(page, {
      ownerDocument: page,
      get adoptedStyleSheets() { return page.adoptedStyleSheets; },
      set adoptedStyleSheets(sheets) { page.adoptedStyleSheets = sheets; },
    });
  }
  return doors.get(page);
}

export class StyleModule extends Written {
  static mount(root, modules, options) {
    super.mount(root.head ? door(root) : root, modules, options);
  }
}
