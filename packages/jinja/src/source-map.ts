import { placeIn } from "./jinja-error.ts";
import type { CallFrame, Place } from "./jinja-error.ts";

/** A template's name and text, as the map needs them. */
export interface MappedSource {
  readonly name: string;
  readonly source: string;
}

/** A macro call that was open while text was written; `parent` is an index into the same list, or -1. */
export interface MappedCall {
  readonly macro: string;
  readonly parent: number;
  readonly source: number;
  readonly offset: number;
  readonly endOffset: number;
}

/** Where a piece of output comes from. */
export interface MappedPlace {
  /** The exact character for literal text; the whole `{{ … }}` expression for computed text. */
  readonly place: Place;
  readonly computed: boolean;
  /** Macro calls that were open, innermost first. */
  readonly frames: readonly CallFrame[];
}

/** Integers per segment: output start, source index, source offset, source end, call index or -1, 1 when computed. */
export const segmentWidth = 6;

/** Maps offsets in rendered text to the templates that wrote it. Plain data: it can be posted between threads. */
export interface SourceMapData {
  readonly sources: readonly MappedSource[];
  readonly calls: readonly MappedCall[];
  /** Segments in output order, `segmentWidth` integers each. */
  readonly segments: readonly number[];
  readonly length: number;
}

/** Reads a `SourceMapData`. */
export class SourceMap {
  readonly data: SourceMapData;
  constructor(data: SourceMapData) {
    this.data = data;
  }

  /** The origin of the character at `outputOffset`; undefined for empty output. */
  locate(outputOffset: number): MappedPlace | undefined {
    const { segments, sources } = this.data;
    let low = 0;
    let high = segments.length / segmentWidth - 1;
    if (high < 0) return undefined;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((segments[middle * segmentWidth] as number) <= outputOffset) low = middle;
      else high = middle - 1;
    }
    const at = low * segmentWidth;
    const [start, sourceIndex, offset, end, call, computed] = segments.slice(at, at + segmentWidth) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const source = sources[sourceIndex] as MappedSource;
    const from = computed ? offset : Math.min(end, advance(source.source, offset, Math.max(0, outputOffset - start)));
    return {
      place: placeIn(source.name, source.source, from, computed ? end : Math.min(end, from + 1)),
      computed: computed === 1,
      frames: this.#frames(call),
    };
  }

  #frames(call: number): CallFrame[] {
    const frames: CallFrame[] = [];
    for (let index = call; index >= 0;) {
      const entry = this.data.calls[index] as MappedCall;
      const source = this.data.sources[entry.source] as MappedSource;
      frames.push({ macro: entry.macro, place: placeIn(source.name, source.source, entry.offset, entry.endOffset) });
      index = entry.parent;
    }
    return frames;
  }
}

/** Steps `count` output characters through source text; CRLF is written as one newline. */
function advance(source: string, offset: number, count: number): number {
  let at = offset;
  for (let left = count; left > 0; left--)
    at += source.charCodeAt(at) === 13 && source.charCodeAt(at + 1) === 10 ? 2 : 1;
  return at;
}
