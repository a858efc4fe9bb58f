import { testRule } from "../testdata/test-rule.ts";
import { mediaMismatch } from "./media-mismatch.rule.ts";

testRule(mediaMismatch, {
  valid: {
    "columns and fields that are there": `  schema:
    fields:
      - { name: photo, type: media, media: { types: [image/png, image/*], base: "s3://a/", schemes: [s3], type_column: t, checksum: { column: d }, size_column: s } }
      - { name: t, type: string }
      - { name: d, type: varchar(64) }
      - { name: s, type: long }
      - { name: scan, type: struct, fields: [{ name: uri, type: media, media: { types: [application/pdf], checksum: { column: md5, algorithm: md5 } } }, { name: md5, type: string }] }
      - { name: gallery, type: array, items: { type: media, media: { types: [image/png] } } }
`,
  },
  invalid: {
    "words that are none, a base of another scheme, columns that are missing or of another type": {
      yaml: `  schema:
    fields:
      - name: photo
        type: media
        media:
          types: [⟦png⟧]
          schemes: [https, ⟦"s3:"⟧]
          base: ⟦s3://a/⟧
          type_column: ⟦t⟧
          size_column: ⟦d⟧
          checksum: { column: ⟦d⟧, algorithm: sha512 }
      - { name: d, type: varchar(64) }
`,
      messages: [
        'What the column "photo" says of its objects cannot be kept: "png" is no media type such as image/png or image/*.',
        'What the column "photo" says of its objects cannot be kept: "s3:" is no scheme such as s3 or https.',
        'What the column "photo" says of its objects cannot be kept: its base has the scheme s3, which "schemes" does not allow.',
        'What the column "photo" says of its objects cannot be kept: there is no column "t" beside it.',
        'What the column "photo" says of its objects cannot be kept: the column "d" holds no whole numbers.',
        'What the column "photo" says of its objects cannot be kept: a sha512 digest has 128 digits, and "d" takes 64.',
      ],
    },
    "a way out of the base, and an element with columns beside it": {
      yaml: `  schema:
    fields:
      - { name: a, type: media, media: { types: [image/png], base: ⟦photos/../..⟧ } }
      - { name: b, type: array, items: { type: media, media: { types: [image/png], type_column: ⟦t⟧ } } }
      - { name: t, type: string }
`,
      messages: [
        'What the column "a" says of its objects cannot be kept: its base leads out of its folder by "..".',
        'What the column "element" says of its objects cannot be kept: there is no column "t" beside it.',
      ],
    },
  },
});
