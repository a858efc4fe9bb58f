import type { ContractColumn, Media } from "@meshwork/contract";
import type { Pair } from "./define-change.ts";

/** Both states of what a column's objects are, where both have one. */
export function mediaOf({ before, after }: Pair<ContractColumn>): { from: Media; to: Media } | undefined {
  return before?.media && after?.media ? { from: before.media, to: after.media } : undefined;
}

const covers = (types: readonly string[], type: string): boolean =>
  types.includes(type) || types.includes(`${type.split("/")[0]!}/*`) || types.includes("*/*");

/** Types of the one list that the other one does not allow; `image/*` allows every image. */
export const beyond = (types: readonly string[], allowed: readonly string[]): string[] =>
  types.filter((type) => !covers(allowed, type));
