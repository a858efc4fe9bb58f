import type { Diagnostic } from "@meshwork/diagnostics";
import type { Definition, Template } from "@meshwork/jinja";
import type { CallPlaces } from "./context/call-places.ts";
import type { MacroEntry } from "./context/macro-registry.ts";
import type { ProjectNode } from "./model.ts";
import type { TestCall } from "./properties.ts";
import type { SourceText } from "./source-text.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface GenericTest {
  readonly call: TestCall;
  readonly macro: MacroEntry;
  /** What the call that gives the relation it tests names. */
  readonly subject: TestSubject;
}

export type TestSubject =
  | { readonly kind: "ref"; readonly name: string; readonly version?: string | undefined }
  | { readonly kind: "source"; readonly source: string; readonly table: string };

/** A node while its project is being put together, with what only this package needs of it. */
export interface Unit {
  readonly node: Mutable<ProjectNode>;
  readonly text: SourceText;
  /** Models, singular tests and snapshots; of a snapshot the block in its file. */
  readonly template?: Template | Definition | undefined;
  readonly places?: CallPlaces | undefined;
  /** Generic tests. */
  readonly test?: GenericTest | undefined;
  /** What was found while reading it; with an error in it the node is not compiled. */
  readonly trouble: Diagnostic[];
}
