// A BPMN file through the reader and writer of the drawing page: `node roundtrip.mjs < in.bpmn > out.bpmn`.
import { readFileSync } from "node:fs";
import { BpmnModdle } from "bpmn-moddle";
import { keepFigures, keepReferences, keepStatedDefaults, withReturns } from "./ts/designer/writing.mjs";

const descriptor = JSON.parse(readFileSync(new URL("../../workflow/orderway.moddle.json", import.meta.url), "utf8"));
const moddle = new BpmnModdle({ orderway: descriptor });
keepStatedDefaults(moddle);
keepFigures(moddle);
keepReferences(moddle);
const { rootElement } = await moddle.fromXML(readFileSync(0, "utf8"));
const { xml } = await moddle.toXML(rootElement, { format: true });
process.stdout.write(withReturns(xml));
