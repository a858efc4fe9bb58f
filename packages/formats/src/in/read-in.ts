import type { Diagnostic } from "@meshwork/diagnostics";
import type { Imported, ImportFormat, ImportLoss, ImportSource, ReadContext, ReadIn } from "./define-import.ts";
import { importArea } from "./import-area.ts";

/** Reads a file and gathers what was found, lost and wrong. */
export function readIn(format: ImportFormat, source: ImportSource): ReadIn {
  // A mark in front of the text is no part of it.
  const text = source.text.startsWith("\uFEFF") ? source.text.slice(1) : source.text;
  return reading((context) => format.read({ ...source, text }, context));
}

/** The same for sources that are no text: what `read` reports and loses stands beside what it gives. */
export function reading(read: (context: ReadContext) => Imported): ReadIn {
  const losses: ImportLoss[] = [];
  const diagnostics: Diagnostic[] = [];
  const context: ReadContext = {
    report: (code, params, extra) => void diagnostics.push(importArea.create(code, params as never, extra)),
    lose: (loss) => void losses.push(placed(loss)),
  };
  const imported = read(context);
  return { imported, losses, diagnostics };
}

function placed({ span, ...loss }: Parameters<ReadContext["lose"]>[0]): ImportLoss {
  if (typeof span !== "function") return span === undefined ? loss : { ...loss, span };
  return Object.defineProperty({ ...loss }, "span", { enumerable: true, get: span });
}
