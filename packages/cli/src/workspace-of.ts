import type { CommandContext } from "./command.ts";
import { UsageError } from "./command.ts";

/** The workspace around the current folder; without one most commands make no sense. */
export async function workspaceRoot(context: Pick<CommandContext, "cwd">): Promise<string> {
  const { findRoot } = await import("@meshwork/workspace");
  const root = findRoot(context.cwd);
  if (root === undefined) {
    throw new UsageError(
      `No mesh here: ${context.cwd} and the folders above it have no mesh.yaml.\nGo to a mesh, or name one with --cwd.`,
    );
  }
  return root;
}

/** `--vars` as dbt takes them: a JSON object, or `key=value`. */
export function varsOf(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    const pairs = text.split(",").map((p) => p.split("="));
    if (pairs.every((p) => p.length === 2 && p[0]!.trim() !== ""))
      return Object.fromEntries(pairs.map(([k, v]) => [k!.trim(), v!.trim()]));
  }
  throw new UsageError(
    `--vars takes a JSON object or key=value, not ${text}.\nExample: --vars '{"from": "2026-01-01"}'`,
  );
}
