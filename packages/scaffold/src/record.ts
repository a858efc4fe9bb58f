import type { Ownership } from "./action.ts";
import { isRecord } from "./template.ts";
import type { WorkspaceView } from "./view.ts";

/** What a generator remembers of a product or domain: from which template, with which answers, and what it wrote. */
export interface ScaffoldRecord {
  readonly template: string;
  readonly templateVersion: string;
  readonly answers: Readonly<Record<string, unknown>>;
  /** By path below the record's folder. `managed` and `patched` files have no hash: they follow their source. */
  readonly files: Readonly<Record<string, { readonly ownership: Ownership; readonly hash?: string | undefined }>>;
}

export const recordPath = (directory: string): string => `${directory}/.mesh/scaffold.json`;

/** The record of a folder; nothing where there is none or it cannot be read (then every file counts as the user's). */
export function readRecord(view: WorkspaceView, directory: string): ScaffoldRecord | undefined {
  const text = view.read(recordPath(directory));
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value["recordVersion"] !== 1) return undefined;
  const { template, templateVersion, answers, files } = value;
  if (typeof template !== "string" || typeof templateVersion !== "string" || !isRecord(files)) return undefined;
  const known: [string, { ownership: Ownership; hash?: string }][] = [];
  for (const [path, entry] of Object.entries(files)) {
    if (!isRecord(entry) || path.split("/").includes("..")) continue;
    const { ownership, hash } = entry;
    if (ownership !== "managed" && ownership !== "merge" && ownership !== "once" && ownership !== "patched") continue;
    known.push([path, typeof hash === "string" ? { ownership, hash } : { ownership }]);
  }
  return { template, templateVersion, answers: isRecord(answers) ? answers : {}, files: Object.fromEntries(known) };
}

export function recordText(record: ScaffoldRecord): string {
  const files = Object.entries(record.files).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify({ recordVersion: 1, ...record, files: Object.fromEntries(files) }, null, 2)}\n`;
}
