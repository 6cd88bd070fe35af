#!/bin/sh
# The tus protocol by hand: the server says how far it is, and the rest is sent in pieces. A broken line costs one piece. Prints the id of the transcription.
#   id=$(sh examples/curl/upload-resumable.sh talk.wav)
set -eu
: "${VT_URL:=http://127.0.0.1:5001}"
file=${1:-test/fixtures/audio/jfk.flac}
piece_bytes=${PIECE_BYTES:-8000000}
size=$(wc -c <"$file" | tr -d ' ')
name=$(basename "$file" | tr -d '\n' | base64 | tr -d '\n')

tus() { curl -sS --fail -H "Authorization: Bearer $VT_API_KEY" -H 'Tus-Resumable: 1.0.0' "$@"; }
header() { tr -d '\r' | grep -i "^$1:" | sed 's/^[^:]*: *//'; }

upload=$VT_URL$(tus -X POST "$VT_URL/uploads" -H "Upload-Length: $size" -H "Upload-Metadata: filename $name" -D - -o /dev/null | header location)

tries=0
while offset=$(tus -I "$upload" | header upload-offset) && [ "${offset:-0}" -lt "$size" ]; do
  tail -c +$((offset + 1)) "$file" | head -c "$piece_bytes" | tus -X PATCH "$upload" -H "Upload-Offset: $offset" \
    -H 'Content-Type: application/offset+octet-stream' --data-binary @- || {
    tries=$((tries + 1))
    [ $tries -lt 20 ] || exit 1
    sleep 2
  }
done

answer=$(curl -sS --fail-with-body "$VT_URL/graphql" \
  -H "Authorization: Bearer $VT_API_KEY" -H 'Content-Type: application/json' \
  -d '{"query":"mutation ($id: ID!) { createTranscription(input: { source: { uploadId: $id } }) { ... on CreateTranscriptionPayload { transcription { id } } ... on Error { code message } } }","variables":{"id":"'"${upload##*/}"'"}}')
id=$(printf %s "$answer" | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')
[ -n "$id" ] || { echo "$answer" >&2; exit 1; }
echo "$id"
