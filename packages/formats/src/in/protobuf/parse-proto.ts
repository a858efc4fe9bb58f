import { LineIndex } from "@meshwork/diagnostics";
import type { Span } from "@meshwork/diagnostics";

export interface ProtoField {
  readonly kind: "field";
  readonly name: string;
  /** `int32`, `.orders.Line`; of a map the type of its values. */
  readonly type: string;
  readonly key?: string | undefined;
  readonly label?: "optional" | "required" | "repeated" | undefined;
  readonly number: number;
  readonly oneof?: string | undefined;
  readonly deprecated: boolean;
  /** Further options, by name. */
  readonly options: readonly string[];
  readonly comment?: string | undefined;
  readonly span: Span;
}

export interface ProtoMessage {
  readonly name: string;
  /** With package and outer messages: `orders.v2.Order.Line`. */
  readonly full: string;
  readonly fields: ProtoField[];
  readonly reserved: { readonly from: number; readonly to: number }[];
  readonly comment?: string | undefined;
  readonly span: Span;
  readonly depth: number;
}

export interface ProtoEnum {
  readonly full: string;
  readonly values: readonly string[];
}

export interface ProtoFile {
  readonly package: string;
  readonly syntax: "proto2" | "proto3";
  readonly messages: ReadonlyMap<string, ProtoMessage>;
  readonly enums: ReadonlyMap<string, ProtoEnum>;
  readonly problem?: { readonly reason: string; readonly span: Span } | undefined;
  /** Options, services and extensions: what no contract has. */
  readonly skipped: readonly { readonly what: string; readonly span: Span }[];
}

interface Token {
  readonly kind: "word" | "number" | "text" | "mark" | "end";
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Comments that stand right before it, as one text. */
  readonly comment?: string | undefined;
}

const lexeme =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|([A-Za-z_.][\w.]*)|(-?(?:0x[\da-f]+|\d[\d.]*(?:e[+-]?\d+)?))|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|([\s\S])/giy;
const deepestMessages = 100;

/** Reads the text of a `.proto` file: proto2, proto3 and editions. Stops at the first place that is no Protobuf. */
export function parseProto(file: string, text: string): ProtoFile {
  return new ProtoParser(file, text).file();
}

class Unexpected extends Error {
  readonly at: Token;
  constructor(reason: string, at: Token) {
    super(reason);
    this.at = at;
  }
}

class ProtoParser {
  readonly #text: string;
  readonly #file: string;
  readonly #tokens: Token[];
  readonly #messages = new Map<string, ProtoMessage>();
  readonly #enums = new Map<string, ProtoEnum>();
  readonly #skipped: { what: string; span: Span }[] = [];
  #index: LineIndex | undefined;
  #at = 0;
  #package = "";
  #syntax: "proto2" | "proto3" = "proto2";

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  file(): ProtoFile {
    let problem: ProtoFile["problem"];
    try {
      while (this.#peek().kind !== "end") this.#topLevel();
    } catch (error) {
      if (!(error instanceof Unexpected)) throw error;
      problem = { reason: error.message, span: this.#span(error.at) };
    }
    return {
      package: this.#package,
      syntax: this.#syntax,
      messages: this.#messages,
      enums: this.#enums,
      problem,
      skipped: this.#skipped,
    };
  }

  #span(from: Token, to: Token = from): Span {
    return (this.#index ??= new LineIndex(this.#text)).span(this.#file, from.start, to.end);
  }

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  #next(): Token {
    const token = this.#peek();
    if (token.kind !== "end") this.#at++;
    return token;
  }

  #is(text: string): boolean {
    const token = this.#peek();
    return token.text === text && (token.kind === "mark" || token.kind === "word");
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }

  #need(text: string): void {
    if (this.#take(text)) return;
    const found = this.#peek();
    throw new Unexpected(
      `${JSON.stringify(text)} is missing${found.kind === "end" ? "" : ` before ${JSON.stringify(found.text.slice(0, 40))}`}`,
      found,
    );
  }

  #word(what: string): Token {
    const token = this.#peek();
    if (token.kind !== "word") throw new Unexpected(`${what} is missing`, token);
    return this.#next();
  }

  /** Past a statement, or a block with all that is in it. */
  #skip(): void {
    let depth = 0;
    for (;;) {
      const token = this.#next();
      if (token.kind === "end") return;
      if (token.text === "{" && token.kind === "mark") depth++;
      else if (token.text === "}" && token.kind === "mark") {
        if (--depth <= 0) {
          this.#take(";");
          return;
        }
      } else if (token.text === ";" && depth === 0) return;
    }
  }

  #topLevel(): void {
    const first = this.#peek();
    if (this.#take(";")) return;
    if (this.#take("syntax") || this.#take("edition")) {
      this.#need("=");
      const version = this.#next().text;
      this.#syntax = version === "proto2" ? "proto2" : "proto3";
      this.#need(";");
    } else if (this.#take("package")) {
      this.#package = this.#word("the package's name").text;
      this.#need(";");
    } else if (this.#is("import") || this.#is("option")) this.#skip();
    else if (this.#is("message") && this.#peek(1).kind === "word") this.#message(this.#package, 0);
    else if (this.#is("enum") && this.#peek(1).kind === "word") this.#enum(this.#package);
    else if (this.#is("service") || this.#is("extend")) {
      this.#skip();
      this.#skipped.push({
        what: `${first.text} ${this.#tokens[this.#tokens.indexOf(first) + 1]?.text ?? ""}`,
        span: this.#span(first),
      });
    } else throw new Unexpected(`${JSON.stringify(first.text.slice(0, 40))} begins no statement`, first);
  }

  #message(outer: string, depth: number): void {
    const first = this.#next();
    const name = this.#word("the message's name");
    const full = outer === "" ? name.text : `${outer}.${name.text}`;
    const message: ProtoMessage = {
      name: name.text,
      full,
      fields: [],
      reserved: [],
      comment: first.comment,
      span: this.#span(name),
      depth,
    };
    this.#messages.set(full, message);
    if (depth > deepestMessages)
      throw new Unexpected(`messages are nested more than ${deepestMessages} levels deep`, name);
    this.#need("{");
    while (!this.#take("}")) this.#member(message, depth, undefined);
  }

  #member(message: ProtoMessage, depth: number, oneof: string | undefined): void {
    const first = this.#peek();
    if (first.kind === "end") throw new Unexpected(`"}" is missing: ${message.name} is not closed`, first);
    if (this.#take(";")) return;
    const named = this.#peek(1).kind === "word" && this.#peek(2).text === "{";
    if (this.#is("message") && named) return this.#message(message.full, depth + 1);
    if (this.#is("enum") && named) return this.#enum(message.full);
    if (this.#is("oneof") && named) {
      this.#next();
      const name = this.#next().text;
      this.#need("{");
      while (!this.#take("}")) this.#member(message, depth, name);
      return;
    }
    if (this.#is("reserved") && this.#peek(1).text !== "=" && this.#peek(2).text !== "=")
      return this.#reserved(message);
    if (
      (this.#is("option") && this.#peek(2).text !== "=") ||
      this.#is("extensions") ||
      (this.#is("extend") && this.#peek(2).text === "{")
    )
      return this.#skip();
    if (this.#is("option") && this.#peek(2).text === "=" && this.#peek(3).kind !== "number") return this.#skip();
    this.#field(message, oneof);
  }

  #reserved(message: ProtoMessage): void {
    this.#next();
    while (!this.#is(";") && this.#peek().kind !== "end") {
      const token = this.#next();
      if (token.kind !== "number") continue;
      const from = Number(token.text);
      const to = this.#take("to") ? (this.#is("max") ? 536_870_911 : Number(this.#peek().text)) : from;
      if (Number.isSafeInteger(from) && Number.isSafeInteger(to)) message.reserved.push({ from, to });
    }
    this.#need(";");
  }

  #field(message: ProtoMessage, oneof: string | undefined): void {
    const first = this.#peek();
    const label = ["optional", "required", "repeated"].find(
      (each) => this.#is(each) && this.#peek(1).kind === "word",
    ) as ProtoField["label"];
    if (label !== undefined) this.#next();
    let type = this.#word("a type").text;
    let key: string | undefined;
    if (type === "map" && this.#take("<")) {
      key = this.#word("the type of keys").text;
      this.#need(",");
      type = this.#word("the type of values").text;
      this.#need(">");
    }
    const name = this.#word("a field's name");
    this.#need("=");
    const number = this.#next();
    if (number.kind !== "number" || !/^\d+$|^0x/i.test(number.text))
      throw new Unexpected("a field's number is missing", number);
    const { deprecated, options } = this.#options();
    if (type === "group" && this.#is("{")) {
      // A group of proto2 is a message and a field at once.
      this.#at = this.#tokens.indexOf(number);
      this.#skip();
      this.#skipped.push({ what: `group ${name.text}`, span: this.#span(name) });
      return;
    }
    this.#need(";");
    const comment = first.comment ?? this.#trailing(this.#tokens[this.#at - 1]!);
    message.fields.push({
      kind: "field",
      name: name.text,
      type,
      key,
      label,
      number: Number(number.text),
      oneof,
      deprecated,
      options,
      comment,
      span: this.#span(first, number),
    });
  }

  /** A comment behind the statement, on its line. */
  #trailing(end: Token): string | undefined {
    const rest = /^[ \t]*\/\/([^\n]*)/.exec(this.#text.slice(end.end, end.end + 2000));
    return rest === null ? undefined : rest[1]!.trim() || undefined;
  }

  #options(): { deprecated: boolean; options: string[] } {
    const options: string[] = [];
    let deprecated = false;
    if (!this.#take("[")) return { deprecated, options };
    let depth = 1;
    let begins = true;
    while (depth > 0) {
      const token = this.#next();
      if (token.kind === "end") throw new Unexpected('"]" is missing', token);
      if (token.kind === "mark" && "[{".includes(token.text)) depth++;
      else if (token.kind === "mark" && "]}".includes(token.text)) depth--;
      else if (token.text === "," && depth === 1) begins = true;
      else if (begins && token.kind === "word") {
        begins = false;
        if (token.text === "deprecated") deprecated = this.#peek(1).text === "true";
        else options.push(token.text);
      }
    }
    return { deprecated, options };
  }

  #enum(outer: string): void {
    this.#next();
    const name = this.#word("the enum's name").text;
    const full = outer === "" ? name : `${outer}.${name}`;
    const values: string[] = [];
    this.#need("{");
    while (!this.#take("}")) {
      const token = this.#peek();
      if (token.kind === "end") throw new Unexpected(`"}" is missing: ${name} is not closed`, token);
      if (this.#take(";")) continue;
      if (token.kind === "word" && this.#peek(1).text === "=" && this.#peek(2).kind === "number")
        values.push(token.text);
      this.#skip();
    }
    this.#enums.set(full, { full, values });
  }
}

/** Comments right before a token belong to it; an empty line parts them. */
function tokensOf(text: string): Token[] {
  const found: Token[] = [];
  let comments: string[] = [];
  let newline = true;
  lexeme.lastIndex = 0;
  while (lexeme.lastIndex < text.length) {
    const start = lexeme.lastIndex;
    const match = lexeme.exec(text);
    if (match === null) break;
    const [whole, word, number, string, mark] = match;
    if (whole.startsWith("//") || whole.startsWith("/*")) {
      // A comment on the line of the last statement is that one's.
      if (newline)
        comments.push(
          ...(whole.startsWith("//")
            ? [whole.slice(2).trim()]
            : whole
                .slice(2)
                .replace(/\*\/$/, "")
                .split("\n")
                .map((line) => line.replace(/^\s*\*?/, "").trim())),
        );
      continue;
    }
    if (word === undefined && number === undefined && string === undefined && mark === undefined) {
      if (whole.includes("\n")) newline = true;
      if (/\n[ \t\r]*\n/.test(whole)) comments = [];
      continue;
    }
    const comment = comments.filter((line) => line !== "").join(" ") || undefined;
    comments = [];
    newline = false;
    const kind = word !== undefined ? "word" : number !== undefined ? "number" : string !== undefined ? "text" : "mark";
    found.push({ kind, text: kind === "text" ? whole.slice(1, -1) : whole, start, end: start + whole.length, comment });
  }
  found.push({ kind: "end", text: "", start: text.length, end: text.length });
  return found;
}
