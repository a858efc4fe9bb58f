import type { CheckKind } from "./check-kind.ts";
import { acceptedValuesCheck } from "./checks/accepted-values.check.ts";
import { columnCountCheck } from "./checks/column-count.check.ts";
import { columnExistsCheck } from "./checks/column-exists.check.ts";
import { columnPairCheck } from "./checks/column-pair.check.ts";
import { columnQuantilesCheck } from "./checks/column-quantiles.check.ts";
import { columnSetCheck } from "./checks/column-set.check.ts";
import { columnStatisticCheck } from "./checks/column-statistic.check.ts";
import { dimensionsCheck } from "./checks/dimensions.check.ts";
import { distinctValuesCheck } from "./checks/distinct-values.check.ts";
import { freshnessCheck } from "./checks/freshness.check.ts";
import { lengthCheck } from "./checks/length.check.ts";
import { likePatternCheck } from "./checks/like-pattern.check.ts";
import { mediaChecksumCheck } from "./checks/media-checksum.check.ts";
import { mediaReferenceCheck } from "./checks/media-reference.check.ts";
import { mediaSizeCheck } from "./checks/media-size.check.ts";
import { mediaTypeCheck } from "./checks/media-type.check.ts";
import { mostCommonValueCheck } from "./checks/most-common-value.check.ts";
import { multicolumnSumCheck } from "./checks/multicolumn-sum.check.ts";
import { notNullCheck } from "./checks/not-null.check.ts";
import { nullCheck } from "./checks/null.check.ts";
import { orderedValuesCheck } from "./checks/ordered-values.check.ts";
import { parseableCheck } from "./checks/parseable.check.ts";
import { patternCheck } from "./checks/pattern.check.ts";
import { primaryKeyCheck } from "./checks/primary-key.check.ts";
import { rangeCheck } from "./checks/range.check.ts";
import { referencesCheck } from "./checks/references.check.ts";
import { rejectedPatternCheck } from "./checks/rejected-pattern.check.ts";
import { rejectedValuesCheck } from "./checks/rejected-values.check.ts";
import { rowCountCheck } from "./checks/row-count.check.ts";
import { rowCountEqualCheck } from "./checks/row-count-equal.check.ts";
import { schemaCheck } from "./checks/schema.check.ts";
import { sqlCheck } from "./checks/sql.check.ts";
import { uniqueCheck } from "./checks/unique.check.ts";
import { uniqueWithinRecordCheck } from "./checks/unique-within-record.check.ts";
import { vectorFiniteCheck } from "./checks/vector-finite.check.ts";
import { vectorNormCheck } from "./checks/vector-norm.check.ts";
import { valueTypeCheck } from "./checks/value-type.check.ts";

/** Every kind of check, one line each. */
export const checkKinds: readonly CheckKind[] = [
  acceptedValuesCheck,
  columnCountCheck,
  columnExistsCheck,
  columnPairCheck,
  columnQuantilesCheck,
  columnSetCheck,
  columnStatisticCheck,
  dimensionsCheck,
  distinctValuesCheck,
  freshnessCheck,
  lengthCheck,
  likePatternCheck,
  mediaChecksumCheck,
  mediaReferenceCheck,
  mediaSizeCheck,
  mediaTypeCheck,
  mostCommonValueCheck,
  multicolumnSumCheck,
  notNullCheck,
  nullCheck,
  orderedValuesCheck,
  parseableCheck,
  patternCheck,
  primaryKeyCheck,
  rangeCheck,
  referencesCheck,
  rejectedPatternCheck,
  rejectedValuesCheck,
  rowCountCheck,
  rowCountEqualCheck,
  schemaCheck,
  sqlCheck,
  uniqueCheck,
  uniqueWithinRecordCheck,
  valueTypeCheck,
  vectorFiniteCheck,
  vectorNormCheck,
];

const byAssertion: ReadonlyMap<string, CheckKind> = new Map(
  checkKinds.flatMap((kind) => kind.assertions.map((name) => [name, kind] as const)),
);

/** The kind of check that an assertion's name compiles to. */
export const kindOf = (assertion: string): CheckKind | undefined => byAssertion.get(assertion);
