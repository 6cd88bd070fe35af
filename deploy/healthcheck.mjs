// `node healthcheck.mjs URL`: ends with 0 when the address answers with success. For images, which have no curl.
const [url = ''] = process.argv.slice(2);
const answer = await fetch(url, { signal: AbortSignal.timeout(4000) }).catch((error) => error);
if (!(answer instanceof Response && answer.ok)) {
  console.error(answer instanceof Response ? `${answer.status} ${await answer.text()}` : String(answer));
  process.exit(1);
}
