import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import type { Diagnostic } from "@meshwork/diagnostics";
import { diskFiles, manifest } from "@meshwork/models";
import type { FileHost, Project } from "@meshwork/models";
import { codeVersion } from "../lint/code-version.ts";
import { readKept, writeKept } from "../lint/kept-file.ts";
import { plainDiagnostic } from "../lint/plain-diagnostic.ts";
import { hashOf, ObservedFiles } from "../workspace-files.ts";
import { writeBelow } from "../write-below.ts";
import type { DbtOptions } from "./dbt-options.ts";
import { keptModels, ManifestText } from "./manifest-text.ts";
import type { KeptModel } from "./manifest-text.ts";
import { readPlain } from "./plain-place.ts";
import { writeArtifact } from "./write-artifact.ts";
import type { WrittenEntry } from "./write-artifact.ts";

/** What `parse` says of a project outside any mesh. */
export interface PlainParse {
  readonly diagnostics: readonly Diagnostic[];
  /** Of all nodes. */
  readonly ids: readonly string[];
}

/** A parse with everything it rests on. Its manifest stands in `manifest.json`; here is the hash of that. */
interface Memory extends PlainParse {
  /** Meshwork's code and the command's flags. */
  readonly version: string;
  readonly answers: readonly (readonly [string, string])[];
  readonly manifest: string;
  readonly generatedAt: string;
  readonly invocationId: string;
  /** Files that only the nodes named below need; paths are relative to the project. */
  readonly separable: readonly string[];
  readonly models: readonly KeptModel[];
}

/** Beyond this many edited models everything is read again. */
const maximumEdits = 50;

/**
 * Parses a project and writes its `manifest.json`. The last parse is kept beside it in `partial_parse.mesh`, with the
 * hash of every file, folder and variable that was looked at. Where only texts of models are others than then, these
 * alone are read with what they refer to; where that changes anything but the text in the model's own entry, or finds
 * something to say, everything is read again.
 */
export function parsePlain(options: DbtOptions, root: string): PlainParse {
  const observed = new ObservedFiles(root, options.env ?? {});
  const run: Run = {
    options: { ...options, env: observed.env },
    root,
    observed,
    version: `${codeVersion()}\n${JSON.stringify({ ...options, env: 0, now: 0, signal: 0, onProgress: 0, root })}`,
    folder: guessedFolder(options, root),
    now: options.now ?? new Date(),
  };
  return parseAgain(run) ?? parseAnew(run);
}

interface Run {
  readonly options: DbtOptions;
  /** Absolute. */
  readonly root: string;
  readonly observed: ObservedFiles;
  readonly version: string;
  /** Where the memory lies: the target folder, unless `dbt_project.yml` names another. */
  readonly folder: string;
  readonly now: Date;
}

const memoryFile = "partial_parse.mesh";

function guessedFolder(options: DbtOptions, root: string): string {
  const path = options.targetPath ?? options.env?.["DBT_TARGET_PATH"] ?? "target";
  const cwd = options.cwd ?? process.cwd();
  return isAbsolute(path) ? path : resolve(options.targetPath === undefined ? root : cwd, path);
}

/** The project's files as `observed` sees them; `keeps` says which of a folder's files are there at all. */
function filesOf({ root, observed }: Run, keeps: (path: string) => boolean = () => true): FileHost {
  const inside = (path: string): string => relative(root, path).replaceAll("\\", "/");
  return {
    // A file that is there and cannot be read is said as it is without a memory.
    read: (path) => observed.read(inside(path)) ?? diskFiles.read(path),
    list: (path) => {
      const folder = inside(path);
      const at = (name: string): string => (folder === "" ? name : `${folder}/${name}`);
      return observed.list(folder)?.filter((e) => e.directory || keeps(at(e.name)));
    },
  };
}

function read(run: Run, files: FileHost) {
  const { observed, options, root } = run;
  return observed.observing(() => {
    const place = readPlain({ ...options, now: observed.clock(run.now) }, root, files);
    const { project, invocationId } = place;
    const artifact = manifest(project, { generatedAt: run.now, invocationId, compiled: false, fleeting: true });
    return { place, artifact, invocationId };
  });
}

function parseAnew(run: Run): PlainParse {
  const { value, answers } = read(run, filesOf(run));
  const { place, artifact, invocationId } = value;
  const { project } = place;
  const places = new Map<string, WrittenEntry["span"]>();
  let bound = 0;
  const hash = writeArtifact(place.targetFolder, "manifest.json", artifact, ({ section, key, text, span }) => {
    if (section === "nodes") places.set(key, span);
    // An id of the run that a template has printed makes every run another.
    if (text.includes(invocationId) && section !== "metadata") bound++;
  });
  const parsed = { diagnostics: project.diagnostics.map(plainDiagnostic), ids: [...project.nodes.keys()] };
  if (run.observed.torn || bound > 0 || resolve(place.targetFolder) !== resolve(run.folder)) return parsed;
  keep(run, {
    ...parsed,
    version: run.version,
    answers: [...answers],
    manifest: hash,
    generatedAt: run.now.toISOString(),
    invocationId,
    ...keptModels(project, places, () => seesWholeProject(project)),
  });
  return parsed;
}

/** What comes of the memory; nothing where everything has to be read. */
function parseAgain(run: Run): PlainParse | undefined {
  const memory = recall(run);
  if (memory === undefined) return undefined;
  const { observed } = run;
  const models = new Map(memory.models.map((m) => [m.path, m]));
  const edited: KeptModel[] = [];
  for (const [question, answer] of memory.answers) {
    if (observed.answer(question) === answer) continue;
    const model = question.startsWith("f ") ? models.get(question.slice(2)) : undefined;
    if (model === undefined || observed.hash(model.path) === undefined) return undefined;
    edited.push(model);
    if (edited.length > maximumEdits) return undefined;
  }
  let before: Buffer;
  try {
    before = readFileSync(join(run.folder, "manifest.json"));
  } catch {
    return undefined;
  }
  if (hashOf(before) !== memory.manifest) return undefined;
  const text = new ManifestText(before);
  const invocationId = randomUUID();
  text.stamp([memory.generatedAt, run.now.toISOString()], [memory.invocationId, invocationId]);
  let answers = memory.answers;
  if (edited.length > 0) {
    const found = readEdited(run, memory, edited, text);
    if (found === undefined) return undefined;
    answers = [...new Map([...memory.answers, ...found])];
  }
  if (observed.torn) return undefined;
  const after = text.bytes();
  writeBelow(run.folder, "manifest.json", after);
  keep(run, {
    ...memory,
    answers,
    manifest: hashOf(after),
    generatedAt: run.now.toISOString(),
    invocationId,
    models: text.moved(memory.models),
  });
  return { diagnostics: memory.diagnostics, ids: memory.ids };
}

/**
 * Reads the edited models with what they refer to, and puts their entries in place of those before. The answers that
 * the reading got; nothing where an edit reaches further than its own entry's text.
 */
function readEdited(run: Run, memory: Memory, edited: readonly KeptModel[], text: ManifestText) {
  const { observed } = run;
  const said = memory.diagnostics.length === 0 ? "" : JSON.stringify(memory.diagnostics);
  const needed = new Set(edited.flatMap((m) => m.needs));
  const separable = new Set(memory.separable);
  const { value, answers } = read(
    run,
    filesOf(run, (path) => !separable.has(path) || needed.has(path)),
  );
  const { project } = value.place;
  for (const model of edited) {
    const node = project.nodes.get(model.id);
    if (node === undefined || said.includes(JSON.stringify(node.file))) return undefined;
    const prefix = node.file.slice(0, node.file.length - node.path.length);
    const others = new Set([...needed].filter((path) => path !== model.path).map((path) => `${prefix}${path}`));
    // What is left out is missed where it is named: in properties, and in models that are read for their names alone.
    const missed = (d: Diagnostic): boolean =>
      d.span !== undefined &&
      (/\.ya?ml$/.test(d.span.file) || others.has(d.span.file)) &&
      !JSON.stringify(plainDiagnostic(d)).includes(JSON.stringify(node.file));
    if (!project.diagnostics.every(missed)) return undefined;
    if (readsGraph(observed.read(model.path) ?? "")) return undefined;
    const entry = (value.artifact["nodes"] as Readonly<Record<string, object>>)[model.id];
    if (entry === undefined || !text.replace(model, entry)) return undefined;
  }
  if (text.bytes().includes(value.invocationId)) return undefined;
  // Folders were listed with fewer files than they hold: what they hold has been asked for in full, above.
  return answers;
}

const readsGraph = (text: string): boolean => /\bgraph\b|\bselected_resources\b/.test(text);

/** Whether a macro may look at all nodes, so that no model can be read apart from the others. */
function seesWholeProject(project: Project): boolean {
  const parts = project.parts();
  return [...project.macros.values()].some((m) => m.package !== "dbt" && readsGraph(parts.macro(m.id).sql));
}

function recall(run: Run): Memory | undefined {
  const kept = readKept(join(run.folder, memoryFile));
  if (kept === undefined) return undefined;
  const memory = JSON.parse(kept.toString("utf8")) as Memory;
  return memory.version === run.version ? memory : undefined;
}

const keep = (run: Run, memory: Memory): void =>
  writeKept(join(run.folder, memoryFile), Buffer.from(JSON.stringify(memory)));
