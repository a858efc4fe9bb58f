import { posix } from "node:path";
import type { Diagnostic, Span } from "@meshwork/diagnostics";
import type { FileHost, LoadOptions } from "./model.ts";
import { readProjectFile, yamlDiagnostics } from "./project-file.ts";
import type { ProjectFile } from "./project-file.ts";
import { readProjectTree } from "./project-tree.ts";
import type { ProjectSourceFile } from "./project-tree.ts";
import { SourceText } from "./source-text.ts";
import { sqlCodes } from "./sql.codes.ts";
import { entryOf, itemsOf, parseYaml, textOf } from "./yaml.ts";
import type { YamlNode } from "./yaml.ts";

/** The project itself or one of its packages, with the files below its resource paths. */
export interface ProjectPackage {
  readonly name: string;
  /** Relative to the folder of the project, `""` for the project itself. */
  readonly folder: string;
  readonly root: boolean;
  readonly file: ProjectFile;
  readonly files: readonly ProjectSourceFile[];
}

export interface PackageList {
  readonly packages: readonly ProjectPackage[];
  /** What is declared and not on disk, by name; all share one finding. */
  readonly missing: ReadonlyMap<string, Diagnostic>;
  readonly diagnostics: readonly Diagnostic[];
}

/** An entry of `packages.yml` or `dependencies.yml`. */
interface Wanted {
  readonly kind: "local" | "hub" | "git" | "tarball";
  /** The folder of a local package; of the others the name it will have, as far as it can be told. */
  readonly name: string;
  readonly place: Span;
}

const maximumPackages = 500;

/**
 * The packages of a project: those under `dbt_packages/`, and local ones of `packages.yml` at their own place,
 * so that nothing has to be installed for them.
 */
export function readPackages(
  files: FileHost,
  options: LoadOptions,
  prefix: string,
  rootFile: ProjectFile,
): PackageList {
  const list = new PackageReader(files, options, prefix, rootFile);
  list.read();
  return list;
}

class PackageReader implements PackageList {
  readonly packages: ProjectPackage[] = [];
  readonly missing = new Map<string, Diagnostic>();
  readonly diagnostics: Diagnostic[] = [];
  readonly #files: FileHost;
  readonly #options: LoadOptions;
  readonly #prefix: string;
  readonly #rootFile: ProjectFile;
  readonly #names = new Map<string, string>();
  readonly #seen = new Set<string>();

  constructor(files: FileHost, options: LoadOptions, prefix: string, rootFile: ProjectFile) {
    this.#files = files;
    this.#options = options;
    this.#prefix = prefix;
    this.#rootFile = rootFile;
    this.#names.set(rootFile.name, "");
  }

  read(): void {
    const { root } = this.#options;
    const wanted = this.#wanted("");
    const absent: Wanted[] = [];
    // `dbt deps` may have copied a local package that is not at its place any more.
    const unnamed: Wanted[] = [];
    this.#locals("", wanted, unnamed);
    const installed: string[] = [];
    const folder = this.#rootFile.packagesPath;
    for (const entry of [...(this.#files.list(`${root}/${folder}`) ?? [])].sort(byName)) {
      if (!entry.directory) continue;
      const added = this.#add(`${folder}/${entry.name}`, undefined);
      if (added !== undefined) installed.push(entry.name, added);
    }
    const rest = new Set(installed);
    for (const one of wanted) {
      if (one.kind === "local") continue;
      if (rest.has(one.name)) continue;
      if (one.kind === "git") unnamed.push(one);
      else absent.push(one);
    }
    // A git folder may hold a package of another name: it is missing when no folder is left that it may be.
    const claimed = new Set(wanted.map((w) => w.name));
    const left = installed.filter((name, i) => i % 2 === 0 && !claimed.has(name) && !claimed.has(installed[i + 1]!));
    absent.push(...unnamed.slice(left.length));
    this.#report(absent);
  }

  #report(absent: readonly Wanted[]): void {
    const [first] = absent;
    if (first === undefined) return;
    const names = [...new Set(absent.map((a) => a.name))];
    const local = absent.every((a) => a.kind === "local");
    const found = sqlCodes.create(
      "missing-package",
      { names, file: first.place.file, local, folder: this.#prefix.replace(/\/$/, "") || "." },
      { span: first.place },
    );
    this.diagnostics.push(found);
    for (const name of names) this.missing.set(name, found);
  }

  /** Local packages of a package list, and theirs. */
  #locals(from: string, wanted: readonly Wanted[], absent: Wanted[]): void {
    for (const one of wanted) {
      if (one.kind !== "local") continue;
      const folder = this.#localFolder(from, one);
      if (folder === undefined || this.#seen.has(folder)) continue;
      if (folder === "") {
        const params = { kind: "packages", name: this.#rootFile.name, other: "the project itself" };
        this.diagnostics.push(sqlCodes.create("duplicate-model", params, { span: one.place, help: "take it out" }));
        continue;
      }
      if (this.packages.length >= maximumPackages) return;
      if (this.#files.read(this.#path(folder, "dbt_project.yml")) === undefined) absent.push(one);
      else {
        this.#add(folder, one.place);
        this.#locals(folder, this.#wanted(folder), absent);
      }
    }
  }

  /** The folder relative to the project; nothing for one outside the workspace, which is reported. */
  #localFolder(from: string, one: Wanted): string | undefined {
    const display = this.#options.displayPath ?? "";
    const joined = posix.join(from === "" ? "." : from, one.name).replace(/\/$/, "");
    const folder = joined === "." ? "" : joined;
    const outside = display !== "" && posix.join(display, folder).startsWith("..");
    if (one.name.startsWith("/") || /[\\\0]|^[A-Za-z]:/.test(one.name) || outside) {
      const params = {
        key: "local",
        value: `"${one.name}"`,
        expected: "a folder of the workspace",
        where: one.place.file,
      };
      this.diagnostics.push(sqlCodes.create("bad-config", params, { span: one.place }));
      return undefined;
    }
    return folder;
  }

  #path(folder: string, file: string): string {
    const { root } = this.#options;
    return folder.startsWith("..")
      ? posix.join(root, folder, file)
      : `${root}/${folder === "" ? "" : `${folder}/`}${file}`;
  }

  /** The package's name where it has a readable `dbt_project.yml`. */
  #add(folder: string, place: Span | undefined): string | undefined {
    if (this.#seen.has(folder)) return undefined;
    this.#seen.add(folder);
    const display = (path: string): string => posix.join(`${this.#prefix}${folder}`, path === "" ? "." : path);
    const root = this.#path(folder, "").replace(/\/$/, "");
    const head = readProjectFile(this.#files, root, display, true);
    if (head.file === undefined) {
      if (place !== undefined) this.diagnostics.push(...head.diagnostics);
      return undefined;
    }
    const { name } = head.file;
    const before = this.#names.get(name);
    if (before !== undefined) {
      // `dbt deps` copies local packages: the one at its own place is the one that is edited.
      const copied = place === undefined && before !== "" && !before.startsWith(`${this.#rootFile.packagesPath}/`);
      if (!copied) {
        const span = place ?? { file: display("dbt_project.yml"), line: 1, column: 1, endLine: 1, endColumn: 1 };
        const params = { kind: "packages", name, other: before === "" ? "the project itself" : before };
        const help = "a package is known by its name: give one of the two another name";
        this.diagnostics.push(sqlCodes.create("duplicate-model", params, { span, help }));
      }
      return name;
    }
    this.#names.set(name, folder);
    const tree = readProjectTree(this.#files, root, head.file.paths, display);
    this.packages.push({ name, folder, root: false, file: head.file, files: tree.files });
    return name;
  }

  #wanted(folder: string): Wanted[] {
    return ["packages.yml", "dependencies.yml"].flatMap((file) => {
      const text = this.#files.read(this.#path(folder, file));
      if (text === undefined) return [];
      const path = posix.join(`${this.#prefix}${folder}`, file);
      const source = new SourceText(file, path, text);
      const document = parseYaml(text);
      if (folder === "") this.diagnostics.push(...yamlDiagnostics(source, document));
      return itemsOf(entryOf(document.root, "packages")?.value).flatMap((item) => wantedOf(item, source) ?? []);
    });
  }
}

function wantedOf(item: YamlNode, source: SourceText): Wanted | undefined {
  for (const [key, kind] of [
    ["local", "local"],
    ["package", "hub"],
    ["git", "git"],
    ["tarball", "tarball"],
  ] as const) {
    const entry = entryOf(item, key);
    const text = textOf(entry?.value);
    if (entry === undefined || text === undefined) continue;
    const place = source.span(entry.value.start, entry.value.end);
    if (kind === "local") return { kind, name: text, place };
    const own = textOf(entryOf(item, "name")?.value);
    const last = text.replace(/\/+$/, "").split(/[/:]/).at(-1)!;
    return { kind, name: kind === "tarball" && own !== undefined ? own : last.replace(/\.git$|\.tar\.gz$/, ""), place };
  }
  return undefined;
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);
