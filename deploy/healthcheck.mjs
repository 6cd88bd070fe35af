// `node healthcheck.mjs URL`: ends with 0 when the address answers with success. For images, which have no curl.
const [url = ''] = process.argv.slice(2);
try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(4000) });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
} catch (error) {
  console.error(String(error));
  process.exit(1);
}
