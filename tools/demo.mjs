// `npm run demo`: installs and builds what is missing, then runs the demonstration.
await import("./bootstrap.mjs");
await import("./dist/demo/main.js");
