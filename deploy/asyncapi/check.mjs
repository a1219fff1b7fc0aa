// Reads AsyncAPI 3 documents with the official parser, and every example with its own message's schemas,
// which the parser does not look at. Prints a JSON object: file -> what is wrong with it.
import { readFileSync } from "node:fs";
import { DiagnosticSeverity, Parser } from "@asyncapi/parser";
import Ajv from "ajv";
import formats from "ajv-formats";

const GRAVE = [DiagnosticSeverity.Error, DiagnosticSeverity.Warning];

function wrongExamples(message) {
  const found = [];
  for (const [part, schema] of [["headers", message.headers()], ["payload", message.payload()]]) {
    const judge = formats(new Ajv({ strict: false, allErrors: true })).compile(schema.json());
    message.examples().all().forEach((example) => {
      if (!judge(example[part]())) {
        found.push(`${message.id()}: example ${example.name()}: ${part} ${JSON.stringify(judge.errors)}`);
      }
    });
  }
  return found;
}

async function problemsOf(file) {
  const { document, diagnostics } = await new Parser().parse(readFileSync(file, "utf8"), { source: file });
  const found = diagnostics
    .filter(({ severity }) => GRAVE.includes(severity))
    .map(({ path, message, code }) => `${path.join(".")}: ${message} (${code})`);
  if (!document) {
    return found.length ? found : ["the parser made nothing of it and does not say why"];
  }
  return [...found, ...document.allMessages().all().flatMap(wrongExamples)];
}

const problems = {};
for (const file of process.argv.slice(2)) {
  problems[file] = await problemsOf(file);
}
console.log(JSON.stringify(problems));
