import { readContract } from "@meshwork/contract";
import { LATER, ajvPlaces, errorsOf, pointer } from "./schemas.ts";
import type { Json, SchemaName } from "./schemas.ts";

/** How our verdict on a document stands to ajv's on the standard's own schema. */
export type Agreement =
  /** Both accept, or both refuse and name the same places. */
  | { readonly kind: "equal"; readonly refused: boolean }
  /** A warning: the file says v3.0 or v3.1 and uses what the next version allows (ajv agrees that it does). */
  | { readonly kind: "later" }
  /** Different on purpose. */
  | { readonly kind: "explained"; readonly why: string }
  | { readonly kind: "verdict" | "place"; readonly ours: readonly string[]; readonly theirs: readonly string[] };

/** What the standard's schema has to say is reported under these codes. */
const OF_SCHEMA = new Set(
  ["unknown-key", "missing-key", "wrong-type", "unknown-value", "out-of-range", "not-standard", "unknown-dialect"].map(
    (code) => `contract/${code}`,
  ),
);

export function compare(file: string, text: string, value: Json, schema: SchemaName): Agreement {
  const read = readContract({ file, text });
  const errors = read.diagnostics.filter(({ severity }) => severity === "error");
  const told = read.diagnostics.filter(({ code, severity }) => severity !== "info" && OF_SCHEMA.has(code));
  const theirs = errorsOf(value, schema);
  const later = LATER[schema];
  if (errors.length === 0 && theirs.length > 0) {
    const warned = told.length > 0 && later !== undefined && errorsOf(value, later).length === 0;
    if (warned) return { kind: "later" };
  }
  const ours = errors.map(({ code, path }) => ({ code, at: pointer(path ?? []) }));
  const shown = ours.map(({ code, at }) => `${code} ${at}`);
  const ajv = theirs.map((e) => `${e.keyword} ${e.instancePath}`);
  const why = explanation(
    ours,
    theirs.map(({ instancePath }) => instancePath),
    value,
  );
  if (why !== undefined) return { kind: "explained", why };
  if (ours.length > 0 !== theirs.length > 0) return { kind: "verdict", ours: shown, theirs: ajv };
  if (ours.length === 0) return { kind: "equal", refused: false };
  const places = ajvPlaces(theirs);
  const all = new Set(ours.map(({ at }) => at));
  const named = ours.every(({ at }) => places.all.has(at));
  const complete = places.certain.every((at) => all.has(at));
  const chosen = places.choices.every((top) => [...all].some((at) => at === top || at.startsWith(`${top}/`)));
  return named && complete && chosen ? { kind: "equal", refused: true } : { kind: "place", ours: shown, theirs: ajv };
}

interface Told {
  readonly code: string;
  readonly at: string;
}

/** Where we say another thing than the schema, on purpose. */
function explanation(ours: readonly Told[], theirs: readonly string[], value: Json): string | undefined {
  const beyond = ours.filter(({ at }) => !theirs.includes(at));
  const version = ours.some(({ code, at }) => code === "contract/unknown-dialect" || at === "/apiVersion");
  if (version) return "no version that is known: the newest counts, or nothing else is said";
  if (beyond.length === 0) return undefined;
  if (beyond.every(({ at }) => at.endsWith("/$ref"))) return "a reference that leads nowhere is an error";
  const long = (at: string): boolean => String(valueAt(value, at)).length > 500;
  if (beyond.every(({ code, at }) => code === "contract/not-standard" && long(at)))
    return "a name or reference of more than 500 characters is an error";
  return undefined;
}

function valueAt(value: Json, at: string): unknown {
  let node: unknown = value;
  for (const step of at.split("/").slice(1)) {
    if (typeof node !== "object" || node === null) return undefined;
    node = (node as Record<string, unknown>)[step.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return node;
}
