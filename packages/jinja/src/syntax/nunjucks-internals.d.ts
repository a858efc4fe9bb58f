// The two nunjucks modules this package builds on; @types/nunjucks describes only the package's front.
// They are typed where they are imported.
declare module "nunjucks/src/nodes.js" {
  const nodes: unknown;
  export default nodes;
}
declare module "nunjucks/src/parser.js" {
  const parser: unknown;
  export default parser;
}
