import { didYouMean } from "@meshwork/diagnostics";
import { Refusal } from "../operation.ts";
import type { Suggestion } from "./suggest.ts";

/** The suggestions that a person named: `all`, ids, or kinds (`not-null`). */
export function chooseAccepted(offered: readonly Suggestion[], accept: readonly string[]): Suggestion[] {
  const names = accept.flatMap((each) => each.split(",").map((part) => part.trim())).filter((part) => part !== "");
  if (names.includes("all")) return [...offered];
  for (const name of names) {
    if (offered.some((each) => each.id === name || each.kind === name)) continue;
    const meant = didYouMean(name, [...offered.map((each) => each.id), ...offered.map((each) => each.kind)]);
    const kinds = [...new Set(offered.map((each) => each.kind))].join(", ");
    throw new Refusal(
      `Nothing is suggested as ${JSON.stringify(name)}.${meant === "" ? "" : ` ${meant.trim()}`}\n${kinds === "" ? "There are no suggestions." : `Name ids as printed, a kind (${kinds}), or all.`}`,
    );
  }
  return offered.filter((each) => names.includes(each.id) || names.includes(each.kind));
}
