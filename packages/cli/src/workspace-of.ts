import type { CommandContext } from "./command.ts";
import { UsageError } from "./command.ts";

/** The workspace around the current folder; without one most commands make no sense. */
export async function workspaceRoot(context: Pick<CommandContext, "cwd">): Promise<string> {
  const { findRoot } = await import("@meshwork/workspace/operations");
  const root = findRoot(context.cwd);
  if (root === undefined) {
    throw new UsageError(
      `No mesh here: ${context.cwd} and the folders above it have no mesh.yaml.\nGo to a mesh, or name one with --cwd.`,
    );
  }
  return root;
}

/** `--vars` as dbt takes them: a JSON object, YAML, or `key=value`. */
export async function varsOf(text: string | undefined, option = "--vars"): Promise<Record<string, unknown>> {
  if (text === undefined) return {};
  const wrong = (): UsageError =>
    new UsageError(
      `${option} takes a JSON object, YAML or key=value, not ${text}.\nExample: ${option} '{"from": "2026-01-01"}'`,
    );
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    throw wrong();
  } catch (error) {
    if (error instanceof UsageError) throw error;
  }
  const pairs = text.split(",").map((p) => p.split("="));
  if (pairs.every((p) => p.length === 2 && p[0]!.trim() !== "" && !p[0]!.includes(":")))
    return Object.fromEntries(pairs.map(([k, v]) => [k!.trim(), v!.trim()]));
  const { readVars } = await import("@meshwork/workspace/operations");
  const read = await readVars(text);
  if (read === undefined) throw wrong();
  return read;
}
