// Copies the third-party files that the pages need into the package, with their licences and a SHA-256 manifest.
// Run by `npm ci --ignore-scripts && npm run vendor`; the result is committed, so that users never need npm.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const SHIPPED = "src/entendu/web/static/vendor";
const FOR_TESTS = "tests/pages/vendor";
const FILES = [
  ["@tabler/core", "dist/css/tabler.min.css", SHIPPED, "tabler.min.css"],
  ["@fontsource-variable/inter", "files/inter-latin-wght-normal.woff2", SHIPPED, "inter-latin-wght-normal.woff2"],
  ["htmx.org", "dist/htmx.min.js", SHIPPED, "htmx.min.js"],
  ["axe-core", "axe.min.js", FOR_TESTS, "axe.min.js"],
];
const packageOf = (name) => JSON.parse(readFileSync(join("node_modules", name, "package.json"), "utf8"));
const licenceOf = (name) => {
  const folder = join("node_modules", name);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  return file && readFileSync(join(folder, file), "utf8");
};

function keep(folder, name, content) {
  // Source maps are not shipped; a hashing static storage refuses a reference to a file that is not there.
  const text = name.endsWith(".woff2") ? content : content.toString().replace(/\n?(\/\/|\/\*)# sourceMappingURL=.*$/m, "");
  writeFileSync(join(folder, name), text);
  return createHash("sha256").update(text).digest("hex");
}

function keepLicence(folder, name) {
  const { license, version, homepage = "", author = "" } = packageOf(name);
  const file = `${name.replace("@", "").replace("/", "-")}.LICENSE.txt`;
  const fallback = `${name} ${version}\nLicence: ${license}\n${homepage}\n${author.name ?? author}\n`;
  writeFileSync(join(folder, "licences", file), licenceOf(name) ?? fallback);
}

const manifest = { [SHIPPED]: {}, [FOR_TESTS]: {} };
for (const folder of Object.keys(manifest)) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "licences"), { recursive: true });
}
for (const [name, path, folder, target] of FILES) {
  const sha256 = keep(folder, target, readFileSync(join("node_modules", name, path)));
  const { version, license } = packageOf(name);
  manifest[folder][target] = { package: name, version, license, sha256 };
  keepLicence(folder, name);
}

const bundle = await build({
  entryPoints: ["scripts/vega.mjs"], bundle: true, minify: true, format: "iife", target: "es2022",
  write: false, metafile: true, legalComments: "none",
});
const inside = new Set();
for (const input of Object.keys(bundle.metafile.inputs)) {
  const found = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  if (found) inside.add(found[1]);
}
for (const name of inside) keepLicence(SHIPPED, name);
manifest[SHIPPED]["vega.min.js"] = {
  package: [...inside].sort().map((name) => `${name}@${packageOf(name).version}`),
  license: [...new Set([...inside].map((name) => packageOf(name).license))].sort(),
  sha256: keep(SHIPPED, "vega.min.js", Buffer.from(bundle.outputFiles[0].text)),
};
for (const [folder, files] of Object.entries(manifest))
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(files, null, 2) + "\n");
