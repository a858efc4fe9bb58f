import { SourceMap, segmentWidth } from "../source-map.ts";
import type { MappedCall, MappedSource } from "../source-map.ts";

type Segments = number[];

/** One macro call that is open. */
export interface OpenCall {
  readonly macro: string;
  readonly source: MappedSource;
  readonly offset: number;
  readonly endOffset: number;
  readonly parent: OpenCall | undefined;
}

/**
 * Records where output comes from. A macro's or block's text is remembered with its own segments,
 * and when that text is printed, trimmed or not, the segments are taken over in place of the printing expression.
 */
export class MapBuilder {
  #segments: Segments = [];
  readonly #sources: MappedSource[] = [];
  readonly #sourceIndex = new Map<MappedSource, number>();
  readonly #calls: MappedCall[] = [];
  readonly #callIndex = new Map<OpenCall, number>();
  readonly #captured = new Map<string, Segments>();

  /** Starts the segments of a text of its own; gives those before, for `end`. */
  begin(): Segments {
    const outer = this.#segments;
    this.#segments = [];
    return outer;
  }

  end(outer: Segments, text: string): void {
    const inner = this.#segments;
    this.#segments = outer;
    if (inner.length === 0 || text === "") return;
    this.#captured.set(text, inner);
    const trimmed = text.trim();
    if (trimmed !== text && trimmed !== "")
      this.#captured.set(trimmed, cut(inner, this.#sources, text.length - text.trimStart().length, trimmed.length));
  }

  /** Drops what a failed or returned text recorded. */
  drop(outer: Segments): void {
    this.#segments = outer;
  }

  data(at: number, source: MappedSource, offset: number, end: number, call: OpenCall | undefined): void {
    this.#segments.push(at, this.#source(source), offset, end, this.#call(call), 0);
  }

  value(at: number, text: string, source: MappedSource, offset: number, end: number, call: OpenCall | undefined): void {
    const inner = this.#captured.get(text);
    if (!inner) this.#segments.push(at, this.#source(source), offset, end, this.#call(call), 1);
    else
      for (let index = 0; index < inner.length; index += segmentWidth)
        this.#segments.push((inner[index] as number) + at, ...inner.slice(index + 1, index + segmentWidth));
  }

  build(length: number): SourceMap {
    return new SourceMap({ sources: this.#sources, calls: this.#calls, segments: this.#segments, length });
  }

  #source(source: MappedSource): number {
    let index = this.#sourceIndex.get(source);
    if (index === undefined) {
      index = this.#sources.length;
      this.#sources.push({ name: source.name, source: source.source });
      this.#sourceIndex.set(source, index);
    }
    return index;
  }

  #call(call: OpenCall | undefined): number {
    if (!call) return -1;
    const known = this.#callIndex.get(call);
    if (known !== undefined) return known;
    const { macro, offset, endOffset } = call;
    const entry = { macro, parent: this.#call(call.parent), source: this.#source(call.source), offset, endOffset };
    const index = this.#calls.length;
    this.#calls.push(entry);
    this.#callIndex.set(call, index);
    return index;
  }
}

/** The segments of a part of a text, counted from the part's start. */
function cut(segments: Segments, sources: readonly MappedSource[], from: number, length: number): Segments {
  const kept: Segments = [];
  for (let index = 0; index < segments.length; index += segmentWidth) {
    const [start, source, offset, end, call, computed] = segments.slice(index, index + segmentWidth) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const next = segments[index + segmentWidth] ?? Infinity;
    if (next <= from || start >= from + length) continue;
    const skipped = Math.max(0, from - start);
    const moved = computed === 1 ? offset : skip(sources[source] as MappedSource, offset, skipped);
    kept.push(Math.max(0, start - from), source, moved, end, call, computed);
  }
  return kept;
}

function skip(source: MappedSource, offset: number, count: number): number {
  let at = offset;
  for (let left = count; left > 0; left--)
    at += source.source.charCodeAt(at) === 13 && source.source.charCodeAt(at + 1) === 10 ? 2 : 1;
  return at;
}
