import type { ContractRule } from "../define-rule.ts";
import { badArguments } from "./bad-arguments.rule.ts";
import { badPattern } from "./bad-pattern.rule.ts";
import { contradictoryBounds } from "./contradictory-bounds.rule.ts";
import { dateInThePast } from "./date-in-the-past.rule.ts";
import { deprecationEnd } from "./deprecation-end.rule.ts";
import { descriptionMissing } from "./description-missing.rule.ts";
import { duplicateCheck } from "./duplicate-check.rule.ts";
import { duplicateColumn } from "./duplicate-column.rule.ts";
import { duplicatePort } from "./duplicate-port.rule.ts";
import { hyphenCollision } from "./hyphen-collision.rule.ts";
import { lineageRequired } from "./lineage-required.rule.ts";
import { mediaMismatch } from "./media-mismatch.rule.ts";
import { ownerEmail } from "./owner-email.rule.ts";
import { ownerRequired } from "./owner-required.rule.ts";
import { portRequired } from "./port-required.rule.ts";
import { primaryKeyMissing } from "./primary-key-missing.rule.ts";
import { previousVersions } from "./previous-versions.rule.ts";
import { redundantCheck } from "./redundant-check.rule.ts";
import { reservedName } from "./reserved-name.rule.ts";
import { slaRequired } from "./sla-required.rule.ts";
import { unknownAssertion } from "./unknown-assertion.rule.ts";
import { unknownColumn } from "./unknown-column.rule.ts";
import { valueMismatch } from "./value-mismatch.rule.ts";

/** Every rule about one contract; a new one is its file, its page, its test and a line here. */
export const contractRules: readonly ContractRule[] = [
  ownerRequired,
  ownerEmail,
  slaRequired,
  lineageRequired,
  descriptionMissing,
  portRequired,
  duplicateColumn,
  duplicatePort,
  duplicateCheck,
  hyphenCollision,
  reservedName,
  unknownColumn,
  unknownAssertion,
  badArguments,
  contradictoryBounds,
  badPattern,
  mediaMismatch,
  deprecationEnd,
  dateInThePast,
  redundantCheck,
  previousVersions,
  valueMismatch,
  primaryKeyMissing,
];
