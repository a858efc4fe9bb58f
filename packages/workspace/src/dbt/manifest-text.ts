import type { Project, ProjectNode } from "@meshwork/models";

/** A model of the project itself, whose entry in a manifest's text can be put in anew. */
export interface KeptModel {
  readonly id: string;
  /** Relative to the project, as are `needs`: the files that its entry rests on, besides those that all need. */
  readonly path: string;
  readonly needs: readonly string[];
  /** Where the entry stands, in bytes. */
  readonly start: number;
  readonly end: number;
}

/**
 * The text of `manifest.json`, written with one space of indentation, whose entries are replaced where they stand:
 * of megabytes only the lines of one model are written anew.
 */
export class ManifestText {
  readonly #bytes: Buffer;
  readonly #changes: { readonly start: number; readonly end: number; readonly text: Buffer }[] = [];

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Replaces words in the metadata, which begin the text. */
  stamp(...words: readonly (readonly [string, string])[]): void {
    const end = this.#bytes.indexOf("\n }");
    let text = this.#bytes.toString("utf8", 0, end);
    for (const [before, after] of words) text = text.replaceAll(before, after);
    this.#changes.push({ start: 0, end, text: Buffer.from(text) });
  }

  /** Puts an entry in place of the one before. False where more than the text of the model is another. */
  replace(model: KeptModel, entry: object): boolean {
    const before = JSON.parse(`{${this.#bytes.toString("utf8", model.start, model.end)}}`) as Record<string, object>;
    const lines = JSON.stringify({ nodes: { [model.id]: entry } }, null, 1);
    if (shape(before[model.id]!) !== shape(entry)) return false;
    const text = lines.slice('{\n "nodes": {\n'.length, -"\n }\n}".length);
    this.#changes.push({ start: model.start, end: model.end, text: Buffer.from(text) });
    return true;
  }

  /** The text with its changes. */
  bytes(): Buffer {
    const pieces: Buffer[] = [];
    let at = 0;
    for (const change of this.#inOrder()) {
      pieces.push(this.#bytes.subarray(at, change.start), change.text);
      at = change.end;
    }
    return Buffer.concat([...pieces, this.#bytes.subarray(at)]);
  }

  /** The models where they stand in the text with its changes. */
  moved(models: readonly KeptModel[]): KeptModel[] {
    const changes = this.#inOrder();
    let next = 0;
    let shift = 0;
    return models.map((model) => {
      for (; changes[next] !== undefined && changes[next]!.end <= model.start; next++)
        shift += changes[next]!.text.length - (changes[next]!.end - changes[next]!.start);
      const own = changes[next]?.start === model.start ? changes[next]!.text.length : model.end - model.start;
      return { ...model, start: model.start + shift, end: model.start + shift + own };
    });
  }

  #inOrder() {
    return this.#changes.toSorted((a, b) => a.start - b.start);
  }
}

/** An entry without what no other entry can see. */
function shape(entry: object): string {
  const { depends_on: on, ...rest } = entry as { depends_on?: { nodes?: unknown } };
  return JSON.stringify({ ...rest, on: on?.nodes, raw_code: "", checksum: "", created_at: 0 });
}

/** The models that can be read apart, and the files that are left out then. */
export function keptModels(
  project: Project,
  places: ReadonlyMap<string, { readonly start: number; readonly end: number }>,
  whole: () => boolean,
): { readonly models: readonly KeptModel[]; readonly separable: readonly string[] } {
  const own = [...project.nodes.values()].filter((n) => n.packageRoot === "");
  const models = own.filter((n) => n.resourceType === "model");
  if (models.length === 0 || whole()) return { models: [], separable: [] };
  const patchOf = (node: ProjectNode): string[] =>
    node.patchPath === undefined || node.packageRoot !== ""
      ? []
      : [node.patchPath.slice(node.patchPath.indexOf("://") + 3)];
  const filesOf = (node: ProjectNode): string[] => [node.path, ...patchOf(node)];
  const sources = [...project.sources.values()].filter((s) => s.package === project.name);
  const separable = new Set([
    ...own.flatMap(filesOf),
    ...[...project.analyses.values()].flatMap((n) => (n.packageRoot === "" ? filesOf(n) : [])),
    ...sources.map((s) => s.path),
  ]);
  for (const item of project.declared.values()) if (item.kind === "group") separable.delete(item.path);
  return {
    separable: [...separable],
    models: models.map((model) => ({
      id: model.id,
      path: model.path,
      needs: [
        ...new Set([
          ...filesOf(model),
          ...model.dependencies.flatMap((d) => {
            const node = d.kind === "node" ? project.nodes.get(d.id) : undefined;
            const source = d.kind === "source" ? project.sources.get(d.id) : undefined;
            return node !== undefined ? filesOf(node) : source !== undefined ? [source.path] : [];
          }),
        ]),
      ],
      ...places.get(model.id)!,
    })),
  };
}
