import { didYouMean } from "@meshwork/diagnostics";
import type { Diagnostic } from "@meshwork/diagnostics";
import { createEnvironment, defineFunction, fromPython, parseTemplate, PythonError } from "@meshwork/jinja";
import type { Value } from "@meshwork/jinja";
import { typeFilters } from "./context/type-filters.ts";
import { jinjaDiagnostic } from "./context/jinja-diagnostics.ts";
import type { ConfigValue } from "./model.ts";
import { yamlDiagnostics } from "./project-file.ts";
import { SourceText } from "./source-text.ts";
import { sqlCodes } from "./sql.codes.ts";
import { entryOf, parseYaml, textOf, valueOf } from "./yaml.ts";

/** One output of `profiles.yml`. */
export interface Profile {
  readonly name: string;
  readonly target: string;
  /** dbt's name of the adapter, `duckdb`. */
  readonly type: string;
  readonly schema: string;
  readonly database?: string | undefined;
  readonly threads: number;
  /** Every setting with its Jinja rendered: `path`, `host`, `user` …; secrets too, so it is not to be printed. */
  readonly settings: ReadonlyMap<string, ConfigValue>;
}

export interface ProfileChoice {
  /** `profile:` of `dbt_project.yml`. */
  readonly profile: string;
  /** `--target`; else the profile's own `target:`, else `default`. */
  readonly target?: string | undefined;
  /** What `env_var` sees. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The file as diagnostics name it. Default: `profiles.yml`. */
  readonly file?: string | undefined;
}

/** Reads one output out of the text of a `profiles.yml`. Pure: whoever calls finds and reads the file. */
export function readProfile(
  text: string,
  choice: ProfileChoice,
): { readonly profile: Profile | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const file = choice.file ?? "profiles.yml";
  const source = new SourceText(file, file, text);
  const document = parseYaml(text);
  const diagnostics = yamlDiagnostics(source, document);
  const failed = (key: string, value: string, expected: string, node?: { start: number; end: number }) => {
    const span = node === undefined ? source.top() : source.span(node.start, node.end);
    diagnostics.push(sqlCodes.create("bad-config", { key, value, expected, where: file }, { span }));
    return { profile: undefined, diagnostics };
  };
  const names = document.root?.kind === "map" ? document.root.entries.map((e) => e.key) : [];
  const entry = entryOf(document.root, choice.profile);
  if (entry === undefined) {
    if (diagnostics.length > 0) return { profile: undefined, diagnostics };
    const offered = names.filter((n) => n !== "config");
    return failed("profile", `"${choice.profile}"`, `one of ${offered.join(", ")}${hint(choice.profile, offered)}`);
  }
  const env = envVar(choice.env);
  const render = (value: ConfigValue): ConfigValue => {
    if (typeof value === "string" && /\{[{%]/.test(value)) {
      const template = parseTemplate(value, { name: file });
      return fromPython(environment.renderNative(template, new Map([["env_var", env]]))) as ConfigValue;
    }
    return value;
  };
  const outputs = entryOf(entry.value, "outputs")?.value;
  try {
    const own = render(textOf(entryOf(entry.value, "target")?.value) ?? "default");
    const target = choice.target ?? String(own);
    const output = entryOf(outputs, target)?.value;
    if (output?.kind !== "map") {
      const offered = outputs?.kind === "map" ? outputs.entries.map((e) => e.key) : [];
      return failed("target", `"${target}"`, `one of ${offered.join(", ")}${hint(target, offered)}`, outputs);
    }
    const settings = new Map(output.entries.map((e) => [e.key, render(valueOf(e.value))]));
    const word = (...keys: readonly string[]): string | undefined => {
      const value = keys.map((k) => settings.get(k)).find((v) => v !== undefined && v !== null);
      return value === undefined || typeof value === "object" ? undefined : String(value);
    };
    const type = word("type");
    if (type === undefined) return failed("type", "missing", "the adapter's name, like duckdb", output);
    const threads = Number(word("threads") ?? 1);
    const path = word("path");
    const fallback = type === "duckdb" ? fileStem(path) : undefined;
    return {
      profile: {
        name: choice.profile,
        target,
        type,
        schema: word("schema", "dataset") ?? (type === "duckdb" ? "main" : "public"),
        database: word("database", "dbname", "project", "catalog") ?? fallback,
        threads: Number.isInteger(threads) && threads > 0 ? threads : 1,
        settings,
      },
      diagnostics,
    };
  } catch (error) {
    const texts = new Map([[file, source]]);
    const span = source.span(entry.start, entry.end);
    return { profile: undefined, diagnostics: [...diagnostics, { ...jinjaDiagnostic(error, { texts }, span), span }] };
  }
}

const environment = createEnvironment({
  filters: typeFilters,
  limits: { steps: 10_000, outputChars: 100_000, depth: 20 },
});

const envVar = (env: ProfileChoice["env"]): Value =>
  defineFunction("env_var", ([name, fallback]) => {
    if (typeof name !== "string") throw new PythonError("TypeError", "env_var() takes a name");
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value !== undefined) return value;
    if (fallback !== undefined) return fallback;
    throw new PythonError("ValueError", `the environment variable ${name} is not set`);
  });

const hint = (word: string, offered: readonly string[]): string => {
  const meant = didYouMean(word, offered).trim();
  return meant === "" ? "" : ` (${meant.charAt(0).toLowerCase()}${meant.slice(1)})`;
};

/** DuckDB names a database by its file. */
const fileStem = (path: string | undefined): string =>
  path === undefined || path === ":memory:" ? "memory" : (path.split(/[\\/]/).at(-1) ?? path).replace(/\.[^.]*$/, "");
