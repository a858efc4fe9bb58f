export interface Relation {
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
  readonly name: string;
}
