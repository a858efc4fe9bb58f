import type { Diagnostic, Span } from "@meshwork/diagnostics";
import { callValue, parseTemplate, toPython } from "@meshwork/jinja";
import type { Kwargs, Value } from "@meshwork/jinja";
import { jinjaDiagnostic } from "../context/jinja-diagnostics.ts";
import type { MacroEntry } from "../context/macro-registry.ts";
import { RenderScope } from "../context/render-scope.ts";
import { NoEngine, PendingQuestion } from "../context/session-answers.ts";
import type { Answers } from "../context/session-answers.ts";
import type { Surroundings } from "../context/surroundings.ts";
import type { Links } from "../links.ts";
import type { ConfigValue } from "../model.ts";
import type { Unit } from "../unit.ts";

/** Something a template says on the way: `log()` is for the log, `print()` for the reader. */
export interface TemplateLog {
  readonly text: string;
  readonly shown: boolean;
}

/** A piece of template to be run beside the nodes: a hook of the run, an operation, a materialization, inline SQL. */
export interface Evaluation {
  readonly call:
    | { readonly text: string }
    | { readonly macro: MacroEntry; readonly args?: readonly Value[]; readonly kwargs?: Kwargs | undefined };
  /** The package whose macros and variables come first. */
  readonly package: string;
  /** Names on top of the project's own: `results`, `sql`, `pre_hooks` … */
  readonly names?: ReadonlyMap<string, Value> | undefined;
  readonly incremental?: boolean | undefined;
  /** Where trouble without a place of its own is reported. */
  readonly place: Span;
}

export interface Evaluated {
  readonly text: string;
  /** What a macro returned. */
  readonly value: Value;
  readonly diagnostics: readonly Diagnostic[];
  readonly logs: readonly TemplateLog[];
}

/**
 * Renders once, with the answers that are known.
 * @throws {PendingQuestion} inside its error when a statement has no answer yet.
 */
export function evaluate(
  around: Surroundings,
  links: Links,
  unit: Unit,
  request: Evaluation,
  answers: Answers | undefined,
): Evaluated {
  const logs: TemplateLog[] = [];
  const trouble = new Set<Diagnostic>();
  answers?.rewind();
  const take = (link: ReturnType<Links["ref"]>): Value => {
    for (const found of link.diagnostics) trouble.add(found);
    return link.value;
  };
  const scope: RenderScope = new RenderScope(around, {
    package: request.package,
    execute: true,
    ask: (question) => {
      if (answers === undefined) throw new NoEngine();
      return answers.ask(question);
    },
    incremental: request.incremental === true,
    now: around.options.now,
    invocationId: around.options.invocationId ?? "",
    relation: unit.node.relation.name === "" ? undefined : unit.node.relation,
    node: unit.node.relation.name === "" ? undefined : unit.node,
    config: unit.node.config.all,
    places: unit.places,
    names: request.names,
    onLog: (text, shown) => logs.push({ text, shown }),
    ref: (call) => take(links.ref(unit, call, "location")),
    source: (call) => take(links.source(unit, call, "location")),
  });
  let text = "";
  let value: Value = null;
  const failed: Diagnostic[] = [];
  const snippet = "text" in request.call ? request.call.text : undefined;
  try {
    if ("text" in request.call) {
      const template = parseTemplate(request.call.text, { name: unit.node.name });
      text = around.environment.render(template, scope).text;
    } else {
      const { macro, args = [], kwargs } = request.call;
      value = callValue(scope.macro(macro), args, kwargs);
      text = typeof value === "string" ? value : "";
    }
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (isWaiting(error)) throw error;
    if (isWaiting(cause)) throw cause;
    const names = (): string[] => [...scope.keys()];
    const context = snippet === undefined ? { texts: around.texts, names } : { texts: around.texts, names, snippet };
    failed.push(jinjaDiagnostic(error, context, request.place));
  }
  return { text, value, diagnostics: [...trouble, ...scope.diagnostics, ...failed], logs };
}

const isWaiting = (error: unknown): error is Error => error instanceof PendingQuestion || error instanceof NoEngine;

/** Plain values as keyword arguments of a macro. */
export const macroArguments = (values: Readonly<Record<string, ConfigValue>>): Kwargs =>
  new Map(Object.entries(values).map(([key, value]) => [key, toPython(value)]));
