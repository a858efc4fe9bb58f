import type { Environment, EnvironmentOptions } from "./environment.ts";
import type { Expression, ParseOptions, Template } from "./template.ts";

/** Reads a template. @throws {JinjaError} */
export function parseTemplate(source: string, options: ParseOptions): Template {
  throw new Error(`not built yet: ${options.name} ${source}`);
}

/** Reads an expression (without braces). @throws {JinjaError} */
export function parseExpression(source: string, options: { readonly name: string }): Expression {
  throw new Error(`not built yet: ${options.name} ${source}`);
}

export function createEnvironment(options: EnvironmentOptions = {}): Environment {
  throw new Error(`not built yet: ${String(options.undefined)}`);
}
