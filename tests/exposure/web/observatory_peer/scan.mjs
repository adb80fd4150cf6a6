// Scores the sites named on the command line with the MDN HTTP Observatory; one JSON object a site.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const modules = process.env.REMPART_OBSERVATORY_MODULES;
const entry = createRequire(`${modules}/`).resolve("@mdn/mdn-http-observatory/src/scanner/index.js");
const { scan } = await import(pathToFileURL(entry).href);

const scored = async (name) => {
  try {
    const { scan: total, tests } = await scan(name);
    const results = Object.entries(tests).map(([test, { result }]) => [test, result]);
    return [name, { score: total.score, grade: total.grade, tests: Object.fromEntries(results) }];
  } catch (error) {
    return [name, { error: error.message }];
  }
};
console.log(JSON.stringify(Object.fromEntries(await Promise.all(process.argv.slice(2).map(scored)))));
