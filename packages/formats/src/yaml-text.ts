/** What the emitted YAML files are made of. */
export type YamlValue =
  | string
  | number
  | boolean
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue | undefined };

// Words that YAML 1.1 or 1.2 readers take for something other than text.
const special = /^(?:true|false|null|yes|no|on|off|y|n)$/i;
const plain = /^[A-Za-z_][A-Za-z0-9_./-]*$/;

const scalar = (value: string | number | boolean): string =>
  typeof value !== "string" || (plain.test(value) && !special.test(value)) ? String(value) : JSON.stringify(value);

const isScalar = (value: YamlValue): value is string | number | boolean => typeof value !== "object";

/**
 * Block-style YAML: lists of scalars in one line, everything else a line each. Texts that could be read as anything
 * else stand in double quotes, whose escapes are JSON's.
 */
export function yamlText(value: YamlValue, indent = ""): string {
  if (isScalar(value)) return `${indent}${scalar(value)}\n`;
  if (Array.isArray(value)) {
    return (value as readonly YamlValue[])
      .map((item) => {
        const text = yamlText(item, `${indent}  `);
        return `${indent}- ${text.slice(indent.length + 2)}`;
      })
      .join("");
  }
  return Object.entries(value as Record<string, YamlValue | undefined>)
    .filter((entry): entry is [string, YamlValue] => entry[1] !== undefined)
    .map(([key, item]) => {
      const name = `${indent}${scalar(key)}:`;
      if (isScalar(item)) return `${name} ${scalar(item)}\n`;
      if (Array.isArray(item)) {
        const items = item as readonly YamlValue[];
        if (items.every(isScalar)) return `${name} [${items.map((one) => scalar(one as string)).join(", ")}]\n`;
        return `${name}\n${yamlText(items, `${indent}  `)}`;
      }
      if (Object.values(item).every((one) => one === undefined)) return `${name} {}\n`;
      return `${name}\n${yamlText(item, `${indent}  `)}`;
    })
    .join("");
}
