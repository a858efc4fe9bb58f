import { findCalls, fromPython, JinjaError, parseTemplate } from "@meshwork/jinja";
import type { FoundCall } from "@meshwork/jinja";

/** `ref(…)`, `source(…)` or `metric(…)` as YAML writes it: `model: ref('orders')`. */
export type WrittenCall =
  | { readonly kind: "ref"; readonly package?: string | undefined; readonly name: string; readonly version?: string }
  | { readonly kind: "source"; readonly source: string; readonly table: string }
  | { readonly kind: "metric"; readonly package?: string | undefined; readonly name: string };

const names = new Set(["ref", "source", "metric"]);

/** The call that a text is, with or without braces around it; nothing for any other text. */
export function writtenCall(text: string): WrittenCall | undefined {
  const inner = text.trim().replace(/^\{\{\s*|\s*\}\}$/g, "");
  if (!/^(?:ref|source|metric)\s*\(/.test(inner)) return undefined;
  let calls: readonly FoundCall[];
  try {
    calls = findCalls(parseTemplate(`{{ ${inner} }}`, { name: "a value in YAML" }), names);
  } catch (error) {
    if (error instanceof JinjaError) return undefined;
    throw error;
  }
  const [call, ...more] = calls;
  if (call === undefined || more.length > 0 || !call.constant) return undefined;
  const args = call.args.map((a) => (a.constant === undefined ? undefined : fromPython(a.constant)));
  const [first, second] = args;
  if (typeof first !== "string" || (second !== undefined && typeof second !== "string") || args.length > 2)
    return undefined;
  const named = second === undefined ? { name: first } : { package: first, name: second };
  if (call.name === "source")
    return second === undefined ? undefined : { kind: "source", source: first, table: second };
  if (call.name === "metric") return { kind: "metric", ...named };
  const given = call.kwargs.get("v") ?? call.kwargs.get("version");
  const version = given?.constant === undefined ? null : fromPython(given.constant);
  return { kind: "ref", ...named, ...(version === null ? {} : { version: String(version) }) };
}
