// Builds dist/ from src/. chat.js comes first: the loader carries its hash, so that one SRI
// attribute on the page's script tag covers everything that the widget runs.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { minify } from "terser";

const BROWSERS = ["chrome105", "firefox110", "safari16.4"];

/** Modules that both scripts need: the loader has them, the chat borrows them (see src/kit.ts). */
const KIT = [...readFileSync(new URL("src/kit.ts", import.meta.url), "utf8").matchAll(/import \{(.*)\} from "\.\/(.*)"/g)].map(
  ([, names, module]) => ({ names, module }),
);

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

const kitFromLoader = {
  name: "kit-from-loader",
  setup(plugin) {
    plugin.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const names = KIT.find(({ module }) => path.endsWith(`/src/${module}.ts`))?.names;
      return names && { contents: `export const {${names}} = customElements.get("attune-chat").kit;`, loader: "js" };
    });
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

process.chdir(import.meta.dirname);
rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
await bundle("chat", { plugins: [cssAsText, kitFromLoader] });
const chat = describe("chat.js");
await bundle("loader", {
  plugins: [cssAsText],
  define: { CHAT_INTEGRITY: JSON.stringify(chat.integrity) },
});
copyFileSync("src/embed.html", "dist/embed.html");

const files = ["loader.js", "chat.js", "embed.html"];
const manifest = Object.fromEntries(files.map((file) => [file, describe(file)]));
writeFileSync("dist/manifest.json", JSON.stringify(manifest, null, 2) + "\n");
for (const [file, { bytes, gzip }] of Object.entries(manifest)) console.log(file, bytes, "bytes,", gzip, "gz");
console.log("both scripts:", manifest["loader.js"].gzip + manifest["chat.js"].gzip, "gz");
