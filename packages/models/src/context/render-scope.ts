import { nearest } from "@meshwork/diagnostics";
import type { Diagnostic, Span } from "@meshwork/diagnostics";
import {
  defineFunction,
  defineObject,
  callValue,
  fromPython,
  JinjaError,
  itemsOf,
  jsonText,
  parseTemplate,
  PyDict,
  PySet,
  PythonError,
  PyTuple,
  returnValue,
  toPython,
} from "@meshwork/jinja";
import type { Callable, HostObject, Kwargs, Scope, Value } from "@meshwork/jinja";
import type { Relation } from "@meshwork/sql";
import { createHash } from "node:crypto";
import type { BatchContext, ConfigValue, ModelVersion } from "../model.ts";
import { dbtVersion } from "../dbt-version.ts";
import { sqlCodes } from "../sql.codes.ts";
import type { CallPlaces } from "./call-places.ts";
import { ContextError } from "./context-error.ts";
import { adapterObject, apiObject, textOf } from "./dbt-objects.ts";
import { datetimeModule, datetimeValue, pytzModule } from "./datetime-value.ts";
import { itertoolsModule } from "./itertools-module.ts";
import { GraphNotReady } from "./late-values.ts";
import { fromYaml, toYaml } from "./yaml-filters.ts";
import type { Plain } from "../semantic.ts";
import { builtinPackage } from "./macro-registry.ts";
import type { MacroEntry } from "./macro-registry.ts";
import { regexModule } from "./regex-module.ts";
import { relationValue } from "./relation-value.ts";
import { SessionFunctions } from "./session-functions.ts";
import type { Ask } from "./session-functions.ts";
import type { Surroundings } from "./surroundings.ts";

export interface RefCall {
  readonly package: string | undefined;
  readonly name: string;
  readonly version: string | undefined;
}

export interface SourceCall {
  readonly source: string;
  readonly table: string;
}

/** What the render is for, and what it asks of the project. */
export interface RenderRequest {
  readonly package: string;
  /** False while the project is being read: nothing is known of other nodes yet. */
  readonly execute: boolean;
  readonly incremental: boolean;
  readonly now: Date;
  readonly invocationId: string;
  /** Where the node is built, once that is known. */
  readonly relation?: Relation | undefined;
  readonly node?:
    | {
        readonly id: string;
        readonly name: string;
        readonly resourceType: string;
        readonly file: string;
        readonly path: string;
        readonly fqn?: readonly string[] | undefined;
        readonly version?: string | ModelVersion | undefined;
      }
    | undefined;
  /** The node's configuration, once it is known. */
  readonly config?: ReadonlyMap<string, ConfigValue> | undefined;
  readonly places?: CallPlaces | undefined;
  /** Runs a statement for the template; nothing where the project is only being read. */
  readonly ask?: Ask | undefined;
  /** Of a model built in batches. */
  readonly batch?: BatchContext | undefined;
  /** The node as `model` shows it, once it is linked. */
  readonly details?: (() => Plain) | undefined;
  /** Names on top of all others. */
  readonly names?: ReadonlyMap<string, Value> | undefined;
  /** What calls answer in place of macros, by `name` or `package.name`; over variables; over the environment. */
  readonly overrides?:
    | {
        readonly macros: ReadonlyMap<string, ConfigValue>;
        readonly vars: ReadonlyMap<string, ConfigValue>;
        readonly env: ReadonlyMap<string, string>;
      }
    | undefined;
  /** Takes what `log()` and `print()` say. */
  readonly onLog?: ((text: string, shown: boolean) => void) | undefined;
  ref(call: RefCall): Value;
  source(call: SourceCall): Value;
}

/** The names a template of the project sees: dbt's context, then macros. One for each render. */
export class RenderScope implements Scope {
  readonly diagnostics: Diagnostic[] = [];
  /** Settings of `config()` calls, in order. */
  readonly configured: ReadonlyMap<string, ConfigValue>[] = [];
  readonly usedMacros = new Set<string>();
  /** Names asked for that nobody defined. */
  readonly unknownNames = new Set<string>();
  askedIncremental = false;
  /** The text depends on the clock or on the run. */
  volatile = false;
  /** It asked for what is known only once every node is linked. */
  late = false;

  readonly #around: Surroundings;
  readonly #request: RenderRequest;
  readonly #session: SessionFunctions;
  readonly #known = new Map<string, Value | undefined>();
  readonly #callables = new Map<string, Callable>();

  constructor(around: Surroundings, request: RenderRequest) {
    this.#around = around;
    this.#request = request;
    this.#session = new SessionFunctions(around.options.dialect, request.execute ? request.ask : undefined);
  }

  get(name: string): Value | undefined {
    if (this.#known.has(name)) return this.#known.get(name);
    const value = this.#find(name, this.#request.package);
    this.#known.set(name, value);
    if (value === undefined) this.unknownNames.add(name);
    return value;
  }

  keys(): Iterable<string> {
    return [
      ...this.#around.macros.reachable(this.#request.package),
      ...this.#around.macros.packages(),
      ...builtinNames,
    ];
  }

  /** A macro as a callable value, bound to this render. */
  macro(entry: MacroEntry): Callable {
    this.usedMacros.add(entry.info.id);
    let callable = this.#callables.get(entry.info.id);
    if (callable === undefined) {
      callable = this.#around.environment.macro(entry.definition, this.#macroScope(entry.info.package));
      this.#callables.set(entry.info.id, callable);
    }
    return callable;
  }

  /** Inside a package's macro that package's own macros come first. */
  #macroScope(packageName: string): Scope {
    if (packageName === this.#request.package) return this;
    const known = new Map<string, Value | undefined>();
    return {
      get: (name) => {
        if (known.has(name)) return known.get(name);
        const own = this.#around.macros.in(packageName, name);
        const internal = packageName === builtinPackage ? this.#internal(name) : undefined;
        const value = own !== undefined ? this.macro(own) : (internal ?? this.get(name));
        known.set(name, value);
        return value;
      },
      keys: () => [...this.#around.macros.names(packageName), ...this.keys()],
    };
  }

  /** What only the built-in tests see: quoting that cannot be broken out of. */
  #internal(name: string): Value | undefined {
    if (name === "sql_literal") {
      return defineFunction(name, ([value]) => {
        const plain = fromPython(value ?? null);
        return this.#around.options.dialect.literal(typeof plain === "object" ? JSON.stringify(plain) : String(plain));
      });
    }
    if (name !== "sql_name") return undefined;
    return defineFunction(name, ([value]) => columnSql(this.#around, textOf("a column", value)));
  }

  #find(name: string, packageName: string): Value | undefined {
    const { macros } = this.#around;
    const given = this.#request.names?.get(name) ?? this.#overridden(name);
    if (given !== undefined) return given;
    const entry = macros.in(packageName, name) ?? macros.in(macros.root, name);
    if (entry !== undefined) return this.macro(entry);
    const builtin = this.#builtin(name);
    if (builtin !== undefined) return builtin;
    const shared = macros.in(builtinPackage, name);
    if (shared !== undefined) return this.macro(shared);
    return macros.hasPackage(name) ? this.#namespace(name) : undefined;
  }

  /** What a unit test lets a macro answer. */
  #overridden(name: string): Value | undefined {
    const answers = this.#request.overrides?.macros;
    const answer = answers?.get(name);
    return answer === undefined ? undefined : defineFunction(name, () => toPython(answer));
  }

  #namespace(name: string): HostObject {
    const { macros } = this.#around;
    return defineObject("package", {
      attribute: (key) => {
        const given = this.#overridden(`${name}.${key}`);
        if (given !== undefined) return given;
        const found = macros.in(name, key);
        return found === undefined ? undefined : this.macro(found);
      },
      attributeNames: () => macros.names(name),
    });
  }

  #builtin(name: string): Value | undefined {
    const request = this.#request;
    const { options } = this.#around;
    switch (name) {
      case "ref":
        return defineFunction("ref", (args, kwargs) => this.#ref(args, kwargs));
      case "source":
        return defineFunction("source", (args) => {
          if (args.length !== 2) throw new PythonError("TypeError", "source() takes a source and a table");
          return request.source({ source: textOf("the source", args[0]), table: textOf("the table", args[1]) });
        });
      case "config":
        return this.#config();
      case "var":
        return this.#var();
      case "env_var":
        return defineFunction("env_var", (args, kwargs) => this.#envVar(args, kwargs));
      case "this":
        return request.relation === undefined
          ? ""
          : relationValue({ relation: request.relation, dialect: options.dialect, type: "table" });
      case "target":
        return toPython({
          name: options.target.name,
          target_name: options.target.name,
          schema: options.target.schema,
          database: options.target.database ?? null,
          dbname: options.target.database ?? null,
          type: options.target.type,
          threads: options.target.threads ?? 1,
          profile_name: options.target.profile ?? this.#around.project,
        });
      case "schema":
        return request.relation?.schema ?? options.target.schema;
      case "database":
        return request.relation?.database ?? options.target.database ?? null;
      case "model":
        return this.#model();
      case "execute":
        return request.execute;
      case "is_incremental":
        return defineFunction("is_incremental", () => {
          this.askedIncremental = true;
          return request.execute && request.incremental;
        });
      case "should_full_refresh":
        return defineFunction("should_full_refresh", () => {
          this.askedIncremental = true;
          return !request.incremental;
        });
      case "should_store_failures":
        return defineFunction(name, () => request.config?.get("store_failures") === true);
      case "return":
        return defineFunction("return", ([value]) => returnValue(value ?? null));
      case "log":
      case "print":
        return defineFunction(name, ([text], kwargs) => {
          const shown = name === "print" || kwargs.get("info") === true;
          if (request.execute && text !== undefined) request.onLog?.(printed(text), shown);
          return "";
        });
      case "doc":
        return defineFunction("doc", (args) => this.#doc(args));
      case "exceptions":
        return this.#exceptions();
      case "adapter":
        return adapterObject(this.#around, request.package, {
          macro: (entry) => this.macro(entry),
          asking: this.#session.adapter(),
          unsupported: (what) => this.#unsupported(what),
        });
      case "api":
        return apiObject(options.dialect);
      case "builtins":
        return defineObject("builtins", {
          attribute: (key) => this.#builtin(key),
          item: (key) => (typeof key === "string" ? this.#builtin(key) : undefined),
          methods: { get: ([key, fallback]) => this.#builtin(String(fromPython(key ?? ""))) ?? fallback ?? null },
          attributeNames: () => builtinNames,
          mapping: true,
        });
      case "context":
        return defineObject("context", {
          attribute: (key) => this.get(key),
          item: (key) => (typeof key === "string" ? this.get(key) : undefined),
          methods: { get: ([key, fallback]) => this.get(String(fromPython(key ?? ""))) ?? fallback ?? null },
          iterate: () => this.keys(),
          attributeNames: () => this.keys(),
          mapping: true,
        });
      case "selected_resources":
        this.late = true;
        return request.execute ? [...this.#around.late.selected] : [];
      case "invocation_args_dict":
      case "dbt_metadata_envs":
        return toPython({});
      case "thread_id":
        return "main";
      case "try_or_compiler_error":
        return defineFunction(name, ([message, fn, ...rest], kwargs) => {
          try {
            return callValue(fn!, rest, kwargs);
          } catch (error) {
            if (!(error instanceof PythonError) && !(error instanceof JinjaError)) throw error;
            const reason = textOf("the message", message);
            throw new ContextError((extra) => sqlCodes.create("template-failed", { reason }, extra));
          }
        });
      case "diff_of_two_dicts":
        return defineFunction(name, ([first, second]) => differenceOf(first ?? null, second ?? null));
      case "fromyaml":
        return defineFunction(name, ([text, fallback]) => fromYaml(textOf("fromyaml's argument", text), fallback));
      case "toyaml":
        return defineFunction(name, ([value, _fallback, sort], kwargs) =>
          toYaml(value ?? null, sort === true || kwargs.get("sort_keys") === true),
        );
      case "modules":
        this.volatile = true;
        return defineObject("modules", {
          attributes: {
            datetime: datetimeModule(request.now),
            pytz: pytzModule,
            re: regexModule,
            itertools: itertoolsModule,
          },
        });
      case "run_started_at":
        this.volatile = true;
        return datetimeValue(request.now.getTime(), "datetime", "UTC");
      case "invocation_id":
        this.volatile = true;
        return request.invocationId;
      case "project_name":
        return this.#around.project;
      case "flags":
        return toPython({ ...defaultFlags, ...options.flags });
      case "dbt_version":
        return dbtVersion;
      case "render":
        return defineFunction("render", ([text]) => this.#renderText(textOf("render's argument", text)));
      case "run_query":
      case "statement":
      case "load_result":
      case "store_result":
      case "store_raw_result":
      case "load_relation":
        return this.#session.global(name);
      case "graph":
        return this.#graph();
      case "fromjson":
        return defineFunction("fromjson", ([text, fallback]) => {
          try {
            return toPython(JSON.parse(textOf("fromjson's argument", text)));
          } catch (error) {
            if (error instanceof SyntaxError) return fallback ?? null;
            throw error;
          }
        });
      case "tojson":
        return defineFunction("tojson", ([value]) => jsonText(value ?? null));
      case "set":
      case "set_strict":
        return defineFunction(name, ([items]) => new PySet(items === undefined ? [] : itemsOf(items)));
      case "local_md5":
        return defineFunction(name, ([text]) =>
          createHash("md5").update(textOf("local_md5's argument", text)).digest("hex"),
        );
      case "zip":
      case "zip_strict":
        return defineFunction(name, (lists) => {
          const all = lists.map((list) => itemsOf(list));
          const length = all.length === 0 ? 0 : Math.min(...all.map((l) => l.length));
          return Array.from({ length }, (_, i) => new PyTuple(all.map((l) => l[i]!)));
        });
      default:
        return undefined;
    }
  }

  #graph(): Value {
    this.late = true;
    if (!this.#request.execute) return toPython(emptyGraph);
    const { graph } = this.#around.late;
    if (graph === undefined) throw new GraphNotReady();
    return toPython(graph());
  }

  #model(): Value {
    const { node, relation, config, batch, details } = this.#request;
    if (node === undefined) return toPython({});
    const given = this.#request.execute ? details?.() : undefined;
    return toPython({
      unique_id: node.id,
      name: node.name,
      alias: relation?.name ?? node.name,
      schema: relation?.schema ?? this.#around.options.target.schema,
      database: relation?.database ?? null,
      resource_type: node.resourceType,
      package_name: this.#request.package,
      path: node.path,
      original_file_path: node.path,
      fqn: [...(node.fqn ?? [])],
      version: typeof node.version === "object" ? node.version.version : (node.version ?? null),
      ...given,
      config: toPython(given?.["config"] ?? config ?? new Map()),
      ...(batch === undefined ? {} : { batch: batchOf(batch) }),
    });
  }

  #doc(args: readonly Value[]): Value {
    const [first, second] = args.map((a) => textOf("what doc() names", a));
    const { docs, project } = this.#around;
    const name = second ?? first ?? "";
    const block = docs.find(name, this.#request.package, project, second === undefined ? undefined : first);
    if (block !== undefined) return block.text;
    const candidates = nearest(name, docs.names());
    throw new ContextError((extra) => sqlCodes.create("unknown-doc", { name, candidates }, extra));
  }

  /** A text with Jinja in it, in this very context: hooks are written so. */
  #renderText(text: string): string {
    if (!/\{[{%#]/.test(text)) return text;
    return this.#around.environment.render(parseTemplate(text, { name: "hook" }), this).text;
  }

  #ref(args: readonly Value[], kwargs: Kwargs): Value {
    const version = kwargs.get("v") ?? kwargs.get("version");
    if (args.length < 1 || args.length > 2)
      throw new PythonError("TypeError", "ref() takes a model, or a domain and a port");
    const [first, second] = args.map((a) => textOf("what ref() names", a));
    return this.#request.ref({
      package: second === undefined ? undefined : first,
      name: second ?? first!,
      version: version === undefined || version === null ? undefined : String(fromPython(version)),
    });
  }

  #config(): HostObject {
    const settings = (): ReadonlyMap<string, ConfigValue> => this.#request.config ?? new Map<string, ConfigValue>();
    const get = (args: readonly Value[], kwargs: Kwargs): Value => {
      const found = settings().get(textOf("the key", args[0]));
      return found === undefined || found === null ? (args[1] ?? kwargs.get("default") ?? null) : toPython(found);
    };
    return defineObject("config", {
      call: (args, kwargs) => {
        const given = new Map<string, ConfigValue>();
        const first = args[0];
        const pairs = first instanceof PyDict ? [...first.entries()] : [];
        for (const [key, value] of [...pairs, ...kwargs]) {
          if (typeof key === "string") given.set(key, fromPython(value) as ConfigValue);
        }
        this.configured.push(given);
        return "";
      },
      methods: {
        get,
        require: (args, kwargs) => {
          const value = get(args, kwargs);
          const key = textOf("the key", args[0]);
          if (value === null && this.#request.execute) {
            throw new PythonError("TypeError", `the configuration "${key}" is required and not set`);
          }
          return value;
        },
        set: ([key, value]) => {
          this.configured.push(new Map([[textOf("the key", key), fromPython(value ?? null) as ConfigValue]]));
          return "";
        },
        persist_relation_docs: () => persists(settings(), "relation"),
        persist_column_docs: () => persists(settings(), "columns"),
      },
    });
  }

  #var(): HostObject {
    const vars = this.#around.vars(this.#request.package);
    return defineObject("var", {
      call: (args, kwargs) => {
        const name = textOf("a variable's name", args[0]);
        const fallback = args[1] ?? kwargs.get("default");
        const overridden = this.#request.overrides?.vars;
        if (overridden?.has(name)) return toPython(overridden.get(name));
        if (vars.has(name)) return toPython(vars.get(name));
        if (fallback !== undefined) return fallback;
        const candidates = nearest(name, vars.keys());
        return this.#missing("var", name, (extra) => sqlCodes.create("missing-var", { name, candidates }, extra));
      },
      methods: { has_var: ([name]) => typeof name === "string" && vars.has(name) },
    });
  }

  #envVar(args: readonly Value[], kwargs: Kwargs): Value {
    const name = textOf("a variable's name", args[0]);
    if (name.startsWith("DBT_ENV_SECRET_")) {
      const detail = "compiled SQL is written to disk, a secret must not be in it";
      const what = `The secret ${name} in a template`;
      return this.#missing("env_var", name, (extra) => sqlCodes.create("not-supported", { what, detail }, extra));
    }
    const { env } = this.#around.options;
    const own = env !== undefined && Object.hasOwn(env, name) ? env[name] : undefined;
    const value = this.#request.overrides?.env.get(name) ?? own;
    if (value !== undefined) return value;
    const fallback = args[1] ?? kwargs.get("default");
    if (fallback !== undefined) return typeof fallback === "string" ? fallback : String(fromPython(fallback));
    return this.#missing("env_var", name, (extra) => sqlCodes.create("missing-env-var", { name }, extra));
  }

  /** Reports at the call and goes on, so that all that is missing is said at once. */
  #missing(call: string, name: string, make: ContextError["make"]): Value {
    const place = this.#request.places?.find(call, [name]);
    if (place === undefined) throw new ContextError(make);
    this.diagnostics.push(make({ span: place.argument }));
    return "";
  }

  #unsupported(what: string): Value {
    if (!this.#request.execute) return null;
    const detail = "Meshwork has no such thing yet";
    throw new ContextError((extra) => sqlCodes.create("not-supported", { what, detail }, extra));
  }

  #exceptions(): HostObject {
    return defineObject("exceptions", {
      attribute: (key) =>
        defineFunction(key, ([message]) => {
          const text = typeof message === "string" ? message : String(fromPython(message ?? ""));
          if (key === "warn") {
            const span = this.#request.places?.find("exceptions.warn", [])?.call ?? this.#top();
            if (this.#request.execute) this.diagnostics.push(sqlCodes.create("template-warning", { text }, { span }));
            return "";
          }
          if (!key.startsWith("raise_") && !raising.has(key)) return "";
          throw new ContextError((extra) => sqlCodes.create("template-failed", { reason: text }, extra));
        }),
      attributeNames: () => ["warn", "raise_compiler_error", "raise_not_implemented"],
    });
  }

  #top(): Span | undefined {
    const file = this.#request.node?.file;
    return file === undefined ? undefined : { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
  }
}

const emptyGraph = {
  nodes: {},
  sources: {},
  exposures: {},
  metrics: {},
  groups: {},
  semantic_models: {},
  saved_queries: {},
};

/** What the first of two mappings of lists has over the second; case does not count. */
function differenceOf(first: Value, second: Value): Value {
  const [a, b] = [fromPython(first), fromPython(second)];
  const plainMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (!plainMap(a) || !plainMap(b)) throw new PythonError("TypeError", "diff_of_two_dicts() takes two mappings");
  const words = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String);
  const known = new Map(Object.entries(b).map(([key, v]) => [key.toLowerCase(), words(v).map((w) => w.toLowerCase())]));
  const found: Record<string, string[]> = {};
  for (const [key, value] of Object.entries(a)) {
    const left = words(value).filter((w) => known.get(key.toLowerCase())?.includes(w.toLowerCase()) !== true);
    if (left.length > 0) found[key] = left;
  }
  return toPython(found);
}

/** What most templates ask of dbt's flags, as they stand when nobody sets them. */
const defaultFlags = {
  WHICH: "run",
  FULL_REFRESH: false,
  STORE_FAILURES: false,
  EMPTY: false,
  DEFER: false,
  FAIL_FAST: false,
  QUIET: false,
  DEBUG: false,
  PRINT: true,
  USE_COLORS: false,
  WARN_ERROR: null,
  INDIRECT_SELECTION: "eager",
};

/** Of `exceptions`, what stops the render without saying so in its name. */
const raising = new Set(
  "missing_config missing_materialization missing_relation relation_wrong_type column_type_missing".split(" "),
);

const persists = (settings: ReadonlyMap<string, ConfigValue>, part: string): boolean => {
  const value = settings.get("persist_docs");
  return typeof value === "object" && value !== null && (value as Readonly<Record<string, ConfigValue>>)[part] === true;
};

const batchOf = (batch: BatchContext): Value =>
  toPython(
    new Map<string, Value>([
      ["id", batch.id],
      ["event_time_start", datetimeValue(Date.parse(batch.start), "datetime", "UTC")],
      ["event_time_end", datetimeValue(Date.parse(batch.end), "datetime", "UTC")],
    ]),
  );

/** A value as `print()` writes it. */
function printed(value: Value): string {
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null && "protocol" in value) return value.protocol.text?.() ?? "";
  const plain = fromPython(value);
  return typeof plain === "object" ? JSON.stringify(plain) : String(plain);
}

const builtinNames = (
  "ref source config var env_var this target schema database model execute is_incremental should_full_refresh return " +
  "log print doc exceptions adapter api builtins modules run_started_at invocation_id project_name flags run_query " +
  "graph fromjson tojson zip zip_strict set set_strict local_md5 context selected_resources diff_of_two_dicts fromyaml toyaml invocation_args_dict dbt_metadata_envs thread_id try_or_compiler_error statement load_result load_relation store_result store_raw_result render range dict namespace loop caller varargs kwargs"
).split(" ");

/** A column as SQL: plain names stay readable, anything else is quoted; what is already quoted as one name stays. */
export function columnSql(around: Pick<Surroundings, "options">, name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_$]*$/.test(name) || /^"[^"]+"$/.test(name)
    ? name
    : around.options.dialect.identifier(name);
}
