import { defineObject, PythonError, truth } from "@meshwork/jinja";
import type { Value } from "@meshwork/jinja";

const longestPattern = 200;
const longestText = 2_000;

/** A pattern of Python as one of JavaScript. What the two read differently is refused, and so is what is long. */
function compiled(value: Value | undefined, flags = ""): RegExp {
  if (typeof value !== "string") throw new PythonError("TypeError", "a pattern must be a text");
  // A repeated group that can match in two ways takes for ever on a text of some length.
  if (value.length > longestPattern || /\)[+*{]/.test(value.replaceAll(/\\./g, "")))
    throw new PythonError("ValueError", `the pattern "${value.slice(0, 40)}" repeats a group or is too long`);
  if (/\(\?(?![:=!])|\\[AZ]/.test(value))
    throw new PythonError("ValueError", `the pattern "${value}" uses what only Python's re has`);
  try {
    return new RegExp(value, `u${flags}`);
  } catch {
    throw new PythonError("ValueError", `the pattern "${value}" cannot be read`);
  }
}

const textOf = (value: Value | undefined): string => {
  if (typeof value !== "string") throw new PythonError("TypeError", "expected a text");
  if (value.length > longestText) throw new PythonError("ValueError", `a text of more than ${longestText} characters`);
  return value;
};

function matchValue(found: RegExpExecArray | null): Value {
  if (found === null) return null;
  return defineObject("Match", {
    methods: {
      group: ([at]) => found[typeof at === "number" ? at : 0] ?? null,
      groups: () => found.slice(1).map((g) => g ?? null),
      start: () => found.index,
      end: () => found.index + found[0].length,
    },
    truth: () => true,
  });
}

/** `modules.re`, without what could run for ever. */
export const regexModule = defineObject("module", {
  methods: {
    sub: ([pattern, replacement, text, count]) => {
      const by = textOf(replacement)
        .replaceAll("$", "$$$$")
        .replaceAll(/\\(\d)/g, "$$$1");
      return textOf(text).replace(compiled(pattern, count !== undefined && truth(count) ? "" : "g"), by);
    },
    match: ([pattern, text]) => matchValue(new RegExp(`^(?:${compiled(pattern).source})`, "u").exec(textOf(text))),
    fullmatch: ([pattern, text]) => matchValue(new RegExp(`^(?:${compiled(pattern).source})$`, "u").exec(textOf(text))),
    search: ([pattern, text]) => matchValue(compiled(pattern).exec(textOf(text))),
    findall: ([pattern, text]) => [...textOf(text).matchAll(compiled(pattern, "g"))].map((m) => m[1] ?? m[0]),
    split: ([pattern, text]) => textOf(text).split(compiled(pattern)),
  },
});
