import type { Lose, SchemaNode, Shape } from "../tree/schema-tree.ts";

export interface TypeTools {
  /** The type of a part. */
  inner(node: SchemaNode): string;
  /** Reports a loss for the value at hand, and gives the text on. */
  lost(message: string, text: string, feature?: "type" | "length" | "null" | "not-null"): string;
  /** Whether it belongs to a key. */
  readonly key: boolean;
  readonly node: SchemaNode;
}

/** A database's types by kind. `lost` reports for the node at hand and gives the text on. */
export const typesOf =
  (write: (shape: Shape, tools: TypeTools) => string) =>
  (node: SchemaNode, lose: Lose, key: boolean): string => {
    const print = (each: SchemaNode): string =>
      write(each.shape, {
        inner: print,
        lost: (message, text, feature = "type") => {
          lose(each, feature, message);
          return text;
        },
        key: key && each === node,
        node: each,
      });
    return print(node);
  };

/** Bits that hold a value with a sign: an unsigned one needs one more. */
export const signedBits = (shape: { readonly bits: number; readonly signed: boolean }): number =>
  shape.signed ? shape.bits : shape.bits + 1;

/** Digits of a decimal that holds the integers of so many bits. */
export const digitsOf = (bits: number): number => (bits > 64 ? 39 : 20);
