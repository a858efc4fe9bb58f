import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import type { ConfigValue, ProjectNode } from "../model.ts";
import { askSession } from "./ask-session.ts";
import { runStep } from "./perform-steps.ts";
import type { Work } from "./perform-steps.ts";

interface NodeHook {
  readonly sql: string;
  /** Runs in the transaction that builds the node, and is undone with it. */
  readonly inside: boolean;
}

/** What a hook's template found wrong. */
export class HookTrouble extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super("a hook cannot be rendered");
    this.diagnostics = diagnostics;
  }
}

/** `pre_hook` or `post_hook` as configured: SQL, or `{sql, transaction}`, or the JSON of it. */
export function hooksOf(node: ProjectNode, when: "pre" | "post"): readonly NodeHook[] {
  const value = node.config.all.get(`${when}_hook`) ?? null;
  const list = Array.isArray(value) ? (value as readonly ConfigValue[]) : value === null ? [] : [value];
  return list.flatMap(hookOf);
}

function hookOf(value: ConfigValue): NodeHook[] {
  if (typeof value === "string") {
    const written = value.trim();
    if (written === "") return [];
    const parsed = written.startsWith("{") && !/^\{[{%#]/.test(written) ? jsonOf(written) : undefined;
    return parsed === undefined ? [{ sql: value, inside: true }] : hookOf(parsed);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const { sql, transaction } = value as { readonly [key: string]: ConfigValue };
  return typeof sql === "string" && sql.trim() !== "" ? [{ sql, inside: transaction !== false }] : [];
}

function jsonOf(text: string): ConfigValue | undefined {
  try {
    const value = JSON.parse(text) as ConfigValue;
    return typeof value === "object" && value !== null && !Array.isArray(value) && "sql" in value ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Renders and runs hooks, each when its turn comes: one may read what the one before has written.
 * @throws {StepError} when a statement fails. @throws {HookTrouble} when a template does.
 */
export async function runHooks(
  work: Work,
  node: ProjectNode,
  hooks: readonly NodeHook[],
  incremental: boolean,
): Promise<Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const hook of hooks) {
    const rendered = await work.project.evaluate(
      node,
      { call: { text: hook.sql }, package: node.package, incremental, place: node.place },
      askSession(work.session, work.signal),
    );
    for (const log of rendered.logs) work.onLog?.(log.text, log.shown);
    if (hasErrors(rendered.diagnostics)) throw new HookTrouble(rendered.diagnostics);
    found.push(...rendered.diagnostics);
    if (rendered.text.trim() !== "") await runStep(work, { sql: rendered.text.trim() });
  }
  return found;
}
