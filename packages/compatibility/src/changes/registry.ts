import type { ChangeKind } from "../define-change.ts";
import { accessPolicyAdded } from "./access-policy-added.change.ts";
import { accessPolicyRemoved } from "./access-policy-removed.change.ts";
import { checkAdded } from "./check-added.change.ts";
import { checkChanged } from "./check-changed.change.ts";
import { checkLoosened } from "./check-loosened.change.ts";
import { checkRemoved } from "./check-removed.change.ts";
import { checkTightened } from "./check-tightened.change.ts";
import { classificationLowered } from "./classification-lowered.change.ts";
import { classificationRaised } from "./classification-raised.change.ts";
import { columnAdded } from "./column-added.change.ts";
import { columnMoved } from "./column-moved.change.ts";
import { columnRemoved } from "./column-removed.change.ts";
import { columnRenamed } from "./column-renamed.change.ts";
import { defaultPortChanged } from "./default-port-changed.change.ts";
import { deprecated } from "./deprecated.change.ts";
import { deprecationChanged } from "./deprecation-changed.change.ts";
import { embeddingChanged } from "./embedding-changed.change.ts";
import { encryptionChanged } from "./encryption-changed.change.ts";
import { enumDropped } from "./enum-dropped.change.ts";
import { enumIntroduced } from "./enum-introduced.change.ts";
import { enumValueAdded } from "./enum-value-added.change.ts";
import { enumValueRemoved } from "./enum-value-removed.change.ts";
import { extensionChanged } from "./extension-changed.change.ts";
import { formatAdded } from "./format-added.change.ts";
import { formatChanged } from "./format-changed.change.ts";
import { formatDropped } from "./format-dropped.change.ts";
import { inputAdded } from "./input-added.change.ts";
import { inputRemoved } from "./input-removed.change.ts";
import { inputSourceChanged } from "./input-source-changed.change.ts";
import { lengthNarrowed } from "./length-narrowed.change.ts";
import { lengthWidened } from "./length-widened.change.ts";
import { lineageChanged } from "./lineage-changed.change.ts";
import { maskingChanged } from "./masking-changed.change.ts";
import { mediaChanged } from "./media-changed.change.ts";
import { mediaChecksumAdded } from "./media-checksum-added.change.ts";
import { mediaChecksumChanged } from "./media-checksum-changed.change.ts";
import { mediaChecksumDropped } from "./media-checksum-dropped.change.ts";
import { mediaDropped } from "./media-dropped.change.ts";
import { mediaIntroduced } from "./media-introduced.change.ts";
import { mediaTypesNarrowed } from "./media-types-narrowed.change.ts";
import { mediaTypesWidened } from "./media-types-widened.change.ts";
import { notNullAdded } from "./not-null-added.change.ts";
import { notNullDropped } from "./not-null-dropped.change.ts";
import { ownerChanged } from "./owner-changed.change.ts";
import { partitionChanged } from "./partition-changed.change.ts";
import { patternAdded } from "./pattern-added.change.ts";
import { patternChanged } from "./pattern-changed.change.ts";
import { patternDropped } from "./pattern-dropped.change.ts";
import { piiDeclared } from "./pii-declared.change.ts";
import { piiUndeclared } from "./pii-undeclared.change.ts";
import { portAdded } from "./port-added.change.ts";
import { portRemoved } from "./port-removed.change.ts";
import { primaryKeyAdded } from "./primary-key-added.change.ts";
import { primaryKeyChanged } from "./primary-key-changed.change.ts";
import { primaryKeyDropped } from "./primary-key-dropped.change.ts";
import { productRenamed } from "./product-renamed.change.ts";
import { purposeAdded } from "./purpose-added.change.ts";
import { purposeRemoved } from "./purpose-removed.change.ts";
import { rangeChanged } from "./range-changed.change.ts";
import { rangeNarrowed } from "./range-narrowed.change.ts";
import { rangeWidened } from "./range-widened.change.ts";
import { referenceAdded } from "./reference-added.change.ts";
import { referenceChanged } from "./reference-changed.change.ts";
import { referenceDropped } from "./reference-dropped.change.ts";
import { restated } from "./restated.change.ts";
import { retentionColumnChanged } from "./retention-column-changed.change.ts";
import { retentionExtended } from "./retention-extended.change.ts";
import { retentionShortened } from "./retention-shortened.change.ts";
import { roleAdded } from "./role-added.change.ts";
import { roleRemoved } from "./role-removed.change.ts";
import { rowFilterChanged } from "./row-filter-changed.change.ts";
import { sensitivityStated } from "./sensitivity-stated.change.ts";
import { slaStrengthened } from "./sla-strengthened.change.ts";
import { slaWeakened } from "./sla-weakened.change.ts";
import { statusChanged } from "./status-changed.change.ts";
import { storageMoved } from "./storage-moved.change.ts";
import { textChanged } from "./text-changed.change.ts";
import { timeZoneAdded } from "./time-zone-added.change.ts";
import { timeZoneChanged } from "./time-zone-changed.change.ts";
import { timeZoneDropped } from "./time-zone-dropped.change.ts";
import { typeChanged } from "./type-changed.change.ts";
import { typeNarrowed } from "./type-narrowed.change.ts";
import { typeWidened } from "./type-widened.change.ts";
import { uniqueAdded } from "./unique-added.change.ts";
import { uniqueDropped } from "./unique-dropped.change.ts";
import { versionChanged } from "./version-changed.change.ts";

/** Every kind of change, in the order in which a report lists those of one place. */
export const changeKinds: readonly ChangeKind[] = [
  productRenamed,
  versionChanged,
  statusChanged,
  textChanged,
  restated,
  ownerChanged,
  classificationRaised,
  classificationLowered,
  sensitivityStated,
  piiDeclared,
  piiUndeclared,
  maskingChanged,
  retentionShortened,
  retentionExtended,
  retentionColumnChanged,
  slaWeakened,
  slaStrengthened,
  inputAdded,
  inputRemoved,
  inputSourceChanged,
  lineageChanged,
  roleAdded,
  roleRemoved,
  purposeAdded,
  purposeRemoved,
  accessPolicyAdded,
  accessPolicyRemoved,
  rowFilterChanged,
  storageMoved,
  encryptionChanged,
  partitionChanged,
  deprecated,
  deprecationChanged,
  extensionChanged,
  portAdded,
  portRemoved,
  defaultPortChanged,
  columnAdded,
  columnRemoved,
  columnRenamed,
  columnMoved,
  typeWidened,
  typeNarrowed,
  typeChanged,
  notNullDropped,
  notNullAdded,
  primaryKeyDropped,
  primaryKeyAdded,
  primaryKeyChanged,
  uniqueDropped,
  uniqueAdded,
  referenceDropped,
  referenceAdded,
  referenceChanged,
  patternDropped,
  patternAdded,
  patternChanged,
  formatDropped,
  formatAdded,
  formatChanged,
  timeZoneDropped,
  timeZoneAdded,
  timeZoneChanged,
  rangeWidened,
  rangeNarrowed,
  rangeChanged,
  lengthWidened,
  lengthNarrowed,
  enumValueAdded,
  enumValueRemoved,
  enumDropped,
  enumIntroduced,
  embeddingChanged,
  mediaIntroduced,
  mediaDropped,
  mediaTypesWidened,
  mediaTypesNarrowed,
  mediaChecksumDropped,
  mediaChecksumAdded,
  mediaChecksumChanged,
  mediaChanged,
  checkAdded,
  checkRemoved,
  checkLoosened,
  checkTightened,
  checkChanged,
];
