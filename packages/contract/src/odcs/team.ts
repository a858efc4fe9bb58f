import { withoutUndefined } from "../datamesh/read-values.ts";
import type { Ownership } from "../model.ts";
import { isMap, mapOf, mapsOf, textOf } from "./raw.ts";
import type { OdcsVersion, Raw } from "./raw.ts";

/** What people write as `role`, lower case without joining characters, by the role that it is here. */
const ROLES: readonly (readonly [keyof Ownership, readonly string[]])[] = [
  ["productOwner", ["product owner", "data product owner", "owner", "dpo", "data product manager"]],
  ["domainOwner", ["domain owner", "data domain owner"]],
  ["technicalOwner", ["technical owner", "tech owner", "technical lead", "tech lead"]],
  ["businessOwner", ["business owner", "data owner"]],
  ["developer", ["developer", "data engineer", "engineer", "data product developer"]],
  ["steward", ["steward", "data steward"]],
];

const roles = new Map(ROLES.flatMap(([key, words]) => words.map((word) => [word, key] as const)));

export interface Owners {
  readonly owner?: string | undefined;
  readonly ownership: Ownership;
}

/** A team as an object (3.1), or a list of its members. The first member of a role counts; who left does not. */
export function readTeam(raw: Raw): Owners {
  const team = raw["team"];
  const members = Array.isArray(team) ? mapsOf(raw, "team") : isMap(team) ? mapsOf(team, "members") : [];
  const found: Partial<Record<keyof Ownership, string>> = {};
  for (const [, member] of members) {
    const role = roles.get(
      (textOf(member, "role") ?? "")
        .toLowerCase()
        .replaceAll(/[\s_-]+/g, " ")
        .trim(),
    );
    const username = textOf(member, "username");
    if (role === undefined || username === undefined || textOf(member, "dateOut") !== undefined) continue;
    found[role] ??= username;
  }
  const [channel] = mapsOf(raw, "support");
  const ownership: Ownership = withoutUndefined({
    domainOwner: found.domainOwner,
    productOwner: found.productOwner,
    technicalOwner: found.technicalOwner,
    developer: found.developer,
    businessOwner: found.businessOwner,
    steward: found.steward,
    communicationChannel: channel === undefined ? undefined : textOf(channel[1], "channel"),
  });
  const name = textOf(mapOf(raw, "team") ?? {}, "name");
  return withoutUndefined({ owner: ownership.productOwner ?? ownership.technicalOwner ?? name, ownership });
}

export function writeTeam(owners: Owners, version: OdcsVersion): unknown {
  const { owner, ownership } = owners;
  const members: Raw[] = ROLES.flatMap(([key, [word]]) => {
    const username = ownership[key];
    return username === undefined ? [] : [{ username, role: word![0]!.toUpperCase() + word!.slice(1) }];
  });
  if (version === "3.0.2") return members.length === 0 ? undefined : members;
  // Beside an owner among the members, a name is only a name.
  const name = (ownership.productOwner ?? ownership.technicalOwner) === undefined ? owner : undefined;
  if (members.length === 0 && name === undefined) return undefined;
  return { ...(name === undefined ? {} : { name }), ...(members.length === 0 ? {} : { members }) };
}
