import { isRecord } from "./template.ts";
import type { Wanted } from "./file-plan.ts";
import type { DomainEntry, ProductEntry, WorkspaceView } from "./view.ts";

const key = (folder: string): string => `./*/${folder}`;
const versionKey = /^\.\/\*\/v\d+$/;

/**
 * The domain's package.json with an entry for each live older version, so that `@acme/orders/order-events/v1` leads to
 * its types. Nothing where it says so already; entries of versions that are gone are taken out, all else stays.
 */
export function versionExports(
  view: WorkspaceView,
  domain: DomainEntry,
  versions: readonly ProductEntry[],
): Wanted | undefined {
  const path = `${domain.directory}/package.json`;
  const text = view.read(path);
  const folders = [...new Set(versions.flatMap((v) => v.versionFolder ?? []))].filter((f) => /^v\d+$/.test(f)).sort();
  if (text === undefined || (folders.length === 0 && !text.includes('"./*/v'))) return undefined;
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    // npm says what is wrong with it.
    return undefined;
  }
  if (!isRecord(manifest) || !isRecord(manifest["exports"])) return undefined;
  const { exports } = manifest;
  const listed = Object.keys(exports).filter((k) => versionKey.test(k));
  const wanted = folders.map(key);
  if (listed.length === wanted.length && wanted.every((k) => listed.includes(k))) return undefined;
  const entries = folders.map((f): [string, unknown] => [
    key(f),
    { types: `./*/versions/${f}/contract.d.ts`, default: `./*/versions/${f}/contract.js` },
  ]);
  const kept = Object.entries(exports).filter(([k]) => !versionKey.test(k) || wanted.includes(k));
  const added = entries.filter(([k]) => !(k in exports));
  return { path, content: withExports(text, manifest, Object.fromEntries([...kept, ...added])), ownership: "patched" };
}

/** The text with other exports, one a line; what stands around them stays as it is written. */
function withExports(text: string, manifest: Record<string, unknown>, exports: Record<string, unknown>): string {
  const lines = Object.entries(exports).map(([k, v]) => `    ${JSON.stringify(k)}: ${inline(v)}`);
  const block = `"exports": {\n${lines.join(",\n")}\n  }`;
  const start = text.indexOf('"exports"');
  const open = text.indexOf("{", start);
  let depth = 0;
  for (let at = open; at >= 0 && at < text.length; at++) {
    if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) {
      const next = text.slice(0, start) + block + text.slice(at + 1);
      if (same(next, { ...manifest, exports })) return next;
      break;
    }
  }
  // A layout that cannot be edited in place is written anew.
  return `${JSON.stringify({ ...manifest, exports }, null, 2)}\n`;
}

function same(text: string, value: unknown): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(value);
  } catch {
    return false;
  }
}

const inline = (value: unknown): string =>
  isRecord(value)
    ? `{ ${Object.entries(value)
        .map(([k, v]) => `${JSON.stringify(k)}: ${inline(v)}`)
        .join(", ")} }`
    : JSON.stringify(value);
