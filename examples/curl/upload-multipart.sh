#!/bin/sh
# One request: the recording and what to do with it. Prints the id of the transcription.
#   id=$(sh examples/curl/upload-multipart.sh talk.mp3)
set -eu
: "${VT_URL:=http://127.0.0.1:5001}"
file=${1:-test/fixtures/audio/jfk.flac}

answer=$(curl -sS --fail-with-body "$VT_URL/graphql" \
  -H "Authorization: Bearer $VT_API_KEY" \
  -F 'operations={"query":"mutation ($file: Upload!) { createTranscription(input: { source: { upload: $file } }) { ... on CreateTranscriptionPayload { transcription { id } } ... on Error { code message } } }","variables":{"file":null}}' \
  -F 'map={"0":["variables.file"]}' \
  -F "0=@$file")
id=$(printf %s "$answer" | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')
[ -n "$id" ] || { echo "$answer" >&2; exit 1; }
echo "$id"
