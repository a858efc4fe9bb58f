import { describe, expect, it } from "vitest";
import { lockText, readContract, writeContract, writeOdcs } from "../index.ts";
import { placeless } from "../testdata/placeless.ts";

const file = (media: string, rest = ""): string => `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: shop.items, domain: shop, version: 1.0.0 }
spec:
  schema:
    fields:
      - { name: photo, type: media${media} }
      - { name: sha256, type: string }
      - { name: scan, type: struct, fields: [{ name: uri, type: media, media: { types: [application/pdf], base: scans/ } }] }
      - { name: gallery, type: array, items: { type: media, media: { types: ["image/*"] } } }
${rest}`;
const whole =
  ", media: { types: [image/png, Image/JPEG], base: 's3://a/', schemes: [S3], checksum: { column: sha256 }, max_bytes: 9 }";
const read = (text: string, name = "c.yaml") => readContract({ file: name, text });

describe("references to objects", () => {
  it("are text with what the objects are, in the file's own words and defaults", () => {
    const { value, diagnostics } = read(file(whole));
    expect(diagnostics.filter((d) => d.severity === "error")).toEqual([]);
    const [photo, , scan, gallery] = value!.ports[0]!.columns;
    expect([photo!.type, photo!.typeName, photo!.media]).toEqual([
      { kind: "string" },
      "media",
      {
        types: ["image/png", "image/jpeg"],
        base: "s3://a/",
        schemes: ["s3"],
        checksum: { algorithm: "sha256", column: "sha256" },
        maxBytes: 9,
      },
    ]);
    expect(scan!.fields![0]!.media).toEqual({ types: ["application/pdf"], base: "scans/" });
    expect(gallery!.element!.media).toEqual({ types: ["image/*"] });
    expect(placeless(read(writeContract(value!)).value)).toEqual(placeless(value));
  });

  it("come back from every version of ODCS, where they are text for everyone else", () => {
    const first = read(file(whole)).value!;
    for (const version of ["3.0", "3.1", "3.2"] as const) {
      const written = writeOdcs(first, { version });
      expect(written.text).not.toMatch(/physicalType: media/);
      const back = read(written.text, "c.odcs.yaml");
      expect(back.diagnostics.filter((d) => d.severity === "error")).toEqual([]);
      expect([version, lockText(back.value!)]).toEqual([version, lockText(first)]);
    }
  });

  it("are promised whatever the order of their types", () => {
    const locks = ["[image/png, image/gif]", "[image/gif, image/png]", "[image/gif]"].map((types) =>
      lockText(read(file(`, media: { types: ${types} }`)).value!),
    );
    expect(locks[0]).toBe(locks[1]);
    expect(locks[0]).not.toBe(locks[2]);
  });

  it("say where something is missing or strange", () => {
    const messages = (media: string) =>
      read(file(media))
        .diagnostics.filter((d) => d.severity === "error")
        .map((d) => d.message);
    expect(messages("")).toEqual(['The type "media" is incomplete or wrong: it lacks "media".']);
    expect(messages(", media: { base: x }")[0]).toBe('The media lacks "types".');
    expect(messages(", media: { types: [image/png], checksum: { algorithm: crc, column: a } }")).toEqual([
      expect.stringContaining('"crc" is no value of "algorithm".'),
    ]);
    const text = file(", media: { types: [image/png] }").replace(
      "{ name: sha256, type: string",
      "{ name: sha256, type: long, media: { types: [image/png] }",
    );
    expect(read(text).diagnostics.map((d) => d.message)).toContainEqual(
      'The type "long" is incomplete or wrong: "media" belongs to the type media.',
    );
  });
});
