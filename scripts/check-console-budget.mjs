// Initial JavaScript of each page of the built console, compressed, beside its budget. Fails when a page is above it: what is not needed at first (charts,
// waveform) is to be imported when it is shown.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** kB of gzip. Framework, component library and GraphQL client are about four fifths of it, the same for every page, and cached after the first. */
const BUDGET_KILOBYTES = 360;

const buildDirectory = join(import.meta.dirname, '../apps/console/.next');
if (!existsSync(join(buildDirectory, 'BUILD_ID'))) {
  console.error('The console is not built: npm run build --workspace @voice-transcriber/console');
  process.exit(1);
}

const { rootMainFiles } = JSON.parse(readFileSync(join(buildDirectory, 'build-manifest.json'), 'utf8'));
const sizes = new Map();

function compressedBytes(file) {
  let bytes = sizes.get(file);
  if (bytes === undefined) sizes.set(file, (bytes = gzipSync(readFileSync(join(buildDirectory, file))).length));
  return bytes;
}

/** The manifest of a page is a script that assigns an object; it names the files of the page and of every layout around it. */
function readEntryFiles(path) {
  const source = readFileSync(path, 'utf8');
  const manifest = JSON.parse(
    source.slice(source.indexOf('{', source.lastIndexOf('] = ')), source.lastIndexOf('}') + 1),
  );
  return Object.values(manifest.entryJSFiles).flat();
}

const MANIFEST = 'page_client-reference-manifest.js';
const manifests = readdirSync(join(buildDirectory, 'server/app'), { recursive: true })
  .filter((path) => path.endsWith(MANIFEST) && !path.startsWith('_'))
  .sort();
const pages = manifests.map((manifest) => {
  const files = new Set([...rootMainFiles, ...readEntryFiles(join(buildDirectory, 'server/app', manifest))]);
  const kilobytes = [...files].reduce((sum, file) => sum + compressedBytes(file), 0) / 1000;
  const route = manifest
    .slice(0, -MANIFEST.length)
    .replace(/\/$/, '')
    .replace(/\(\w+\)\/?/g, '');
  return { route: `/${route}`, kilobytes };
});

if (pages.length === 0) {
  console.error('The build names no page: its layout has changed, and this check has to follow.');
  process.exit(1);
}
for (const { route, kilobytes } of pages) {
  const verdict = kilobytes <= BUDGET_KILOBYTES ? 'ok    ' : 'FAILED';
  console.log(`${verdict} ${route.padEnd(28)} ${kilobytes.toFixed(0).padStart(4)} kB of ${BUDGET_KILOBYTES} kB`);
}
process.exit(pages.every(({ kilobytes }) => kilobytes <= BUDGET_KILOBYTES) ? 0 : 1);
