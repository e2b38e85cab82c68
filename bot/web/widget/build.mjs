// Builds dist/ from src/. chat.js comes first: the loader carries its hash, so that one SRI
// attribute on the page's script tag covers everything that the widget runs.
import { build, transform } from "esbuild";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { minify } from "terser";

const BROWSERS = ["chrome105", "firefox110", "safari16.4"];

/** Modules that both scripts need: the loader has them, the chat borrows them (see src/kit.ts). */
const KIT = [...readFileSync(new URL("src/kit.ts", import.meta.url), "utf8").matchAll(/import \{(.*)\} from "\.\/(.*)"/g)].map(
  ([, names, module]) => ({ names, module }),
);

const LENT = KIT.flatMap(({ names }) => names.split(", "));

/** Properties that never leave chat.js, nor name anything of the browser: a letter does for each. */
const OWN = /^(announce|api|changeCountry|changed|giveBack|halt|keepBooked|menuOpen|reason|retry|retryAfter|setModal|settle|sync|toggleMenu|tokenFor|trouble|waiting)$/;

/** Style sheets travel as minified strings: they become adoptedStyleSheets, never <style>. */
const cssAsText = {
  name: "css-as-text",
  setup(plugin) {
    plugin.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const result = await build({ entryPoints: [path], bundle: true, minify: true, write: false, target: BROWSERS });
      return { contents: result.outputFiles[0].text.trim(), loader: "text" };
    });
  },
};

/**
 * The catalogue has every text as [English, Spanish] under its own name; here it becomes two columns of which a text
 * is an index. Names, quotes and brackets of ninety pairs would cost 200 bytes.
 */
const catalogueAsColumns = {
  name: "catalogue-as-columns",
  setup(plugin) {
    plugin.onLoad({ filter: /strings\/catalogue\.ts$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, "utf8"), { loader: "ts", format: "esm" });
      const { LANGUAGES, ...texts } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
      const columns = LANGUAGES.map((_, column) => Object.values(texts).map((text) => text[column]));
      if (columns.flat().some((text) => text.includes("|"))) throw new Error("A text has the separator | in it.");
      const lines = [
        `export const LANGUAGES = ${JSON.stringify(LANGUAGES)};`,
        `export default [${columns.map((column) => JSON.stringify(column.join("|")) + '.split("|")')}];`,
        ...Object.keys(texts).map((name, index) => `export const ${name} = ${index};`),
      ];
      return { contents: lines.join("\n"), loader: "js" };
    });
    plugin.onLoad({ filter: /strings\/at\.ts$/ }, () => ({
      contents: 'import columns from "./catalogue"; export const at = (text, column) => columns[column][text];',
      loader: "js",
    }));
  },
};

const kitFromLoader = {
  name: "kit-from-loader",
  setup(plugin) {
    plugin.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const names = KIT.find(({ module }) => path.endsWith(`/src/${module}.ts`))?.names;
      // A hole for each name of the other modules.
      const places = LENT.map((name) => (names?.split(", ").includes(name) ? name : "")).join().replace(/,+$/, "");
      return names && { contents: `export const [${places}] = customElements.get("attune-chat").kit;`, loader: "js" };
    });
  },
};

/** What is lent goes by its place: the names would stand in both scripts. */
const kitAsList = {
  name: "kit-as-list",
  setup(plugin) {
    plugin.onLoad({ filter: /kit\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/kit = .*/, `kit = [${LENT}];`),
      loader: "ts",
    }));
  },
};

async function bundle(entry, options = {}) {
  await build({
    entryPoints: [`src/${entry}.ts`],
    outfile: `dist/${entry}.js`,
    bundle: true,
    minify: true,
    format: "iife",
    target: BROWSERS,
    charset: "utf8",
    legalComments: "none",
    // Both scripts are little but classes, which are strict by themselves.
    tsconfigRaw: { compilerOptions: { alwaysStrict: false } },
    ...options,
  });
  // A second minifier pays: terser takes another twentieth off.
  const file = `dist/${entry}.js`;
  const { code } = await minify(readFileSync(file, "utf8"), { ecma: 2020, compress: { passes: 3, unsafe_arrows: true } });
  writeFileSync(file, code + "\n");
}

function describe(file) {
  const content = readFileSync(`dist/${file}`);
  return {
    integrity: "sha384-" + createHash("sha384").update(content).digest("base64"),
    bytes: content.length,
    gzip: gzipSync(content, { level: 9 }).length,
  };
}

/** What dist/ was built from, so that a test can tell without Node whether it is in step. */
function hashOfSources() {
  const hash = createHash("sha256");
  const files = readdirSync("src", { recursive: true }).map((file) => join("src", file));
  for (const file of [...files, "build.mjs", "package-lock.json"].sort())
    if (statSync(file).isFile()) hash.update(`${file}\0`).update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

process.chdir(import.meta.dirname);
rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
await bundle("chat", { mangleProps: OWN, plugins: [cssAsText, catalogueAsColumns, kitFromLoader] });
const chat = describe("chat.js");
await bundle("loader", {
  plugins: [cssAsText, kitAsList],
  define: {
    CHAT_INTEGRITY: JSON.stringify(chat.integrity),
    // A new chat.js gets a new address, so that a cached old one never meets a new loader's hash.
    CHAT_ADDRESS: JSON.stringify(`/widget/chat.js?v=${chat.integrity.slice(-6).replace(/\W/g, "-")}`),
  },
});
copyFileSync("src/embed.html", "dist/embed.html");

const files = ["loader.js", "chat.js", "embed.html"];
const manifest = Object.fromEntries(files.map((file) => [file, describe(file)]));
writeFileSync("dist/manifest.json", JSON.stringify(manifest, null, 2) + "\n");
writeFileSync("dist/sources.sha256", hashOfSources() + "\n");
for (const [file, { bytes, gzip }] of Object.entries(manifest)) console.log(file, bytes, "bytes,", gzip, "gz");
console.log("both scripts:", manifest["loader.js"].gzip + manifest["chat.js"].gzip, "gz");
