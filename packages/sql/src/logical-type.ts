/** A field of a struct, the element of an array or the value of a map. */
export interface Field {
  readonly name: string;
  readonly type: LogicalType;
  readonly nullable: boolean;
  readonly description?: string | undefined;
}

/** A column of a relation; `nullable` is what the source knows of it, true where it does not know. */
export type Column = Field;

/** What a value is, apart from any engine. `opaque` keeps a type that only one engine has. */
export type LogicalType =
  | { readonly kind: "boolean" | "date" | "uuid" | "json" | "interval" }
  | { readonly kind: "integer"; readonly bits: 8 | 16 | 32 | 64 | 128; readonly signed: boolean }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "float"; readonly bits: 32 | 64 }
  | { readonly kind: "string" | "binary"; readonly maxLength?: number | undefined }
  | { readonly kind: "time" | "timestamp"; readonly precision: number; readonly zoned: boolean }
  | { readonly kind: "array"; readonly element: Field; readonly length?: number | undefined }
  | { readonly kind: "map"; readonly key: LogicalType; readonly value: Field }
  | { readonly kind: "struct"; readonly fields: readonly Field[] }
  | { readonly kind: "opaque"; readonly engine: string; readonly name: string };
