// The two nunjucks modules this package builds on; @types/nunjucks describes only the package's front.
declare module "nunjucks/src/nodes.js" {
  const nodes: import("./nodes.ts").NunjucksNodes;
  export default nodes;
}
declare module "nunjucks/src/parser.js" {
  const parser: {
    readonly Parser: new (tokens: import("./lexer.ts").TokenStream) => import("./nodes.ts").NunjucksParser;
  };
  export default parser;
}
