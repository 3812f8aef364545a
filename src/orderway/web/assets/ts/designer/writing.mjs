// What the drawing page does so that its reader and writer keep everything; shared with roundtrip.mjs, which Node runs.

/** The writer leaves out what a descriptor calls a default; this one is none in the standard, so a file that states it keeps it. */
export function keepStatedDefaults(moddle) {
  const edge = moddle.registry.typeMap["bpmndi:BPMNEdge"];
  const kind = edge?.properties.find((property) => property.ns.localName === "messageVisibleKind");
  if (kind) delete kind.default;
}

/** The writer leaves carriage returns bare, which every reader turns into spaces. */
export const withReturns = (xml) => xml.replaceAll("\r", "&#13;");

const TRUTHS = "isExecutable|isClosed|isForCompensation|isInterrupting|cancelActivity|parallelMultiple|triggeredByEvent|isCollection|isUnlimited|"
  + "isSequential|testBefore|instantiate|waitForCompletion|cancelRemainingInstances|mustUnderstand|isImmediate|isExpanded|isHorizontal|"
  + "isMarkerVisible|isMessageVisible|isBold|isItalic|isUnderline|isStrikeThrough";
const FIGURES = new RegExp(`(\\s(?:${TRUTHS})\\s*=\\s*)(["'])([01])\\2`, "g");
const SIGNS = /&#(?:x([0-9a-f]{5,6})|([1-9]\d{4,6}));/gi;

/** The reader takes 1 for false, and signs beyond the first 65,536 that are written as figures for others. */
const plain = (xml) => xml
  .replace(FIGURES, (_, before, quote, figure) => `${before}${quote}${figure === "1"}${quote}`)
  .replace(SIGNS, (_, hex, figure) => String.fromCodePoint(hex ? parseInt(hex, 16) : Number(figure)));

/** A figure that is none to the reader ("many", "1.0") would be written otherwise or not at all: figures stay the text they are. */
export function keepFigures(moddle) {
  for (const { properties } of Object.values(moddle.registry.typeMap)) {
    for (const property of properties ?? []) if (property.type === "Integer") property.type = "String";
  }
}

/** A reference that the reader found nothing for: by its name without a prefix, else as the file wrote it, at its place among its like. */
function settle({ element, property, id }, at, elementsById, kept) {
  const meant = elementsById[id.slice(id.indexOf(":") + 1)];
  const told = element.$descriptor.propertiesByName[property];
  if (elementsById[id] || !told) return;
  if (meant && told.isMany) element.get(property).splice(at, 0, meant);
  else if (meant) element.set(property, meant);
  else if (told.isAttr && !told.isMany) {
    element.$attrs[told.ns.localName] = id;
    kept.push({ element, property, name: told.ns.localName });
  } else kept.push({ element, property, many: told.isMany, at, stand: { id } });
}

/** While a file is written, what is not there stands where the file named it; the drawing itself never meets it. */
function standIn({ element, property, many, at, stand }) {
  if (many) element.get(property).splice(at, 0, stand);
  else if (!element.get(property)) element.set(property, stand);
}

function standOut({ element, property, many, stand }) {
  if (!many && element.get(property) === stand) element.set(property, undefined);
  const place = many ? element.get(property).indexOf(stand) : -1;
  if (place >= 0) element.get(property).splice(place, 1);
}

/** The reader drops references with a prefix and those to what is not in the file; here both stay. */
export function keepReferences(moddle) {
  const read = moddle.fromXML.bind(moddle), write = moddle.toXML.bind(moddle);
  const kept = [];
  moddle.fromXML = async (xml, ...more) => {
    const found = await read(plain(xml), ...more);
    const before = new Map();
    for (const one of found.references) {
      const like = before.get(one.element) ?? {};
      before.set(one.element, like);
      settle(one, like[one.property] ?? 0, found.elementsById, kept);
      like[one.property] = (like[one.property] ?? 0) + 1;
    }
    return found;
  };
  moddle.toXML = async (...given) => {
    // whoever draws has named something else meanwhile: one attribute cannot say both
    for (const { element, property, name } of kept) if (name && element.get(property)) delete element.$attrs[name];
    const standing = kept.filter((one) => one.stand);
    standing.forEach(standIn);
    try {
      return await write(...given);
    } finally {
      standing.forEach(standOut);
    }
  };
}

/** Whether the reader left a part of the file out, so that saving would lose it. */
export const leftOut = (warnings) => warnings.some((one) => String(one.message ?? one).startsWith("unparsable content"));
