import type { OutsideReader } from "@meshwork/workspace";

/**
 * Readers outside the workspace, and roles of which nobody knows whether they read. `sentence` is the workspace's
 * `outsideSentence`, which commands load when they run.
 */
export const outsideLines = (
  readers: readonly OutsideReader[],
  unseen: readonly string[],
  sentence: (reader: OutsideReader) => string,
): string[] => [
  ...readers.map((reader) => sentence(reader).replace(/\.$/, "")),
  ...(unseen.length > 0 ? [`not known: ${unseen.join(", ")} may read it, and no imported usage tells`] : []),
];
