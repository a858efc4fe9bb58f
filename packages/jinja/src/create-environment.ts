import type { Environment, EnvironmentOptions, RenderOptions, Scope } from "./environment.ts";
import { builtinFunctions } from "./builtins.ts";
import { compilerFor } from "./evaluate/compile-statement.ts";
import { Frame } from "./evaluate/frame.ts";
import type { Execute } from "./evaluate/frame.ts";
import { callMacro, compileMacro, macroValue } from "./evaluate/macro.ts";
import type { CompiledMacro } from "./evaluate/macro.ts";
import { current, RenderState } from "./evaluate/render-state.ts";
import type { Settings } from "./evaluate/render-state.ts";
import { assignedIn, StaticScope } from "./evaluate/scope.ts";
import { listFilters } from "./filters/list.filters.ts";
import { numberFilters } from "./filters/number.filters.ts";
import { textFilters } from "./filters/text.filters.ts";
import { ParsedDefinition, ParsedExpression, ParsedTemplate, parseExpression } from "./parse.ts";
import { stringRepr } from "./runtime/string-repr.ts";
import type { MappedSource } from "./source-map.ts";
import type { Definition, Expression, Template } from "./template.ts";
import { builtinTests } from "./tests.ts";
import type { Value } from "./values/value.ts";

const builtinFilters = new Map([...textFilters, ...numberFilters, ...listFilters]);

const expressionsBySource = new Map<string, ParsedExpression>();
const rememberedExpressions = 2000;

/** An environment: filters, tests, globals and limits. */
export function createEnvironment(options: EnvironmentOptions = {}): Environment {
  const filters = new Map([...builtinFilters, ...(options.filters ?? [])]);
  const tests = new Map([...builtinTests, ...(options.tests ?? [])]);
  const stateFor = (source: MappedSource, { sourceMap = false, signal }: RenderOptions = {}): RenderState =>
    new RenderState(settings, source, { sourceMap, signal });

  const write = (template: Template | Definition, context: Scope, state: RenderState): void => {
    const parsed = own(template);
    state.run(() => {
      bodyOf(parsed)(new Frame(state, context, undefined));
    });
  };

  const environment: Environment = {
    filters,
    tests,
    functions: builtinFunctions,
    render(template, context, renderOptions) {
      const state = stateFor(sourceOf(template), renderOptions);
      write(template, context, state);
      return { text: state.out, map: state.map?.build(state.out.length) };
    },
    renderNative(template, context, renderOptions) {
      const state = stateFor(sourceOf(template), renderOptions);
      const natives: Value[] = [];
      state.natives = natives;
      write(template, context, state);
      return natives.length === 1 ? (natives[0] as Value) : state.out;
    },
    evaluate(expression, context, renderOptions) {
      const parsed = typeof expression === "string" ? remembered(expression) : ownExpression(expression);
      const evaluate = (parsed.evaluate ??= compilerFor(parsed).expression(
        parsed.node,
        new StaticScope(undefined, []),
      ));
      const state = stateFor(parsed, renderOptions);
      return state.run(() => evaluate(new Frame(state, context, undefined)));
    },
    macro(definition, scope) {
      const parsed = own(definition);
      if (!(parsed instanceof ParsedDefinition)) throw new TypeError("env.macro() takes a definition, not a template.");
      const label = `<Macro ${stringRepr(parsed.name)}>`;
      return macroValue(macroOf(parsed), label, (args, kwargs) => {
        const macro = macroOf(parsed);
        const running = current();
        if (running) return callMacro(macro, running, scope, undefined, args, kwargs, true);
        const state = stateFor(parsed.template);
        return state.run(() => callMacro(macro, state, scope, undefined, args, kwargs, true));
      });
    },
  };
  const settings: Settings = {
    environment,
    globals: options.globals,
    builtins: builtinFunctions,
    filters,
    tests,
    undefined: options.undefined ?? "default",
    steps: options.limits?.steps ?? 10_000_000,
    outputChars: options.limits?.outputChars ?? 64 * 1024 * 1024,
    depth: options.limits?.depth ?? 200,
  };
  return environment;
}

function own(template: Template | Definition): ParsedTemplate | ParsedDefinition {
  if (template instanceof ParsedTemplate || template instanceof ParsedDefinition) return template;
  throw new TypeError("A template must come from parseTemplate.");
}

function ownExpression(expression: Expression): ParsedExpression {
  if (expression instanceof ParsedExpression) return expression;
  throw new TypeError("An expression must come from parseExpression.");
}

function sourceOf(template: Template | Definition): MappedSource {
  const parsed = own(template);
  return parsed instanceof ParsedDefinition ? parsed.template : parsed;
}

// Compiled code depends on the syntax alone, so that environments share it. It hangs on the template itself:
// a WeakMap of thousands of templates makes every garbage collection slow.
function bodyOf(parsed: ParsedTemplate | ParsedDefinition): Execute {
  return (parsed.execute ??= compileContent(parsed));
}

function compileContent(parsed: ParsedTemplate | ParsedDefinition): Execute {
  const content = parsed instanceof ParsedDefinition ? parsed.content : parsed.root;
  return compilerFor(sourceOf(parsed)).body(content, new StaticScope(undefined, assignedIn(content)));
}

function macroOf(parsed: ParsedDefinition): CompiledMacro {
  const { name, args, body } = parsed.macro;
  return (parsed.compiled ??= compileMacro(name.value, args, body, undefined, compilerFor(parsed.template)));
}

function remembered(source: string): ParsedExpression {
  const known = expressionsBySource.get(source);
  if (known) return known;
  const parsed = ownExpression(parseExpression(source, { name: "<expression>" }));
  if (expressionsBySource.size >= rememberedExpressions) expressionsBySource.clear();
  expressionsBySource.set(source, parsed);
  return parsed;
}
