// What the drawing page does so that its writer keeps everything; shared with roundtrip.mjs, which Node runs.

/** The writer leaves out what a descriptor calls a default; this one is none in the standard, so a file that states it keeps it. */
export function keepStatedDefaults(moddle) {
  const edge = moddle.registry.typeMap["bpmndi:BPMNEdge"];
  const kind = edge?.properties.find((property) => property.ns.localName === "messageVisibleKind");
  if (kind) delete kind.default;
}

/** The writer leaves carriage returns bare, which every reader turns into spaces. */
export const withReturns = (xml) => xml.replaceAll("\r", "&#13;");
