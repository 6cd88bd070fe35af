#!/bin/sh
# A finished transcript as a file: txt, srt, vtt, words.vtt, json, csv or lrc.
#   sh examples/curl/export.sh "$id" srt > talk.srt
set -eu
: "${VT_URL:=http://127.0.0.1:5001}"
curl -sS --fail-with-body "$VT_URL/transcriptions/$1/export.${2:-srt}" -H "Authorization: Bearer $VT_API_KEY"
