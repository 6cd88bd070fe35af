#!/bin/sh
# The routes of OpenAI's API: the answer comes when the transcript is there, in any of its formats; and as a stream.
#   sh examples/curl/openai.sh talk.mp3
set -eu
: "${VT_URL:=http://127.0.0.1:5001}"
file=${1:-test/fixtures/audio/jfk.flac}

ask() {
  curl -sSN --fail-with-body -H "Authorization: Bearer $VT_API_KEY" "$@"
  echo
}

ask "$VT_URL/v1/models"
ask "$VT_URL/v1/audio/transcriptions" -F "file=@$file" -F model=whisper-1 -F response_format=text
ask "$VT_URL/v1/audio/transcriptions" -F "file=@$file" -F model=whisper-1 -F response_format=verbose_json \
  -F 'timestamp_granularities[]=word' -F 'timestamp_granularities[]=segment'
ask "$VT_URL/v1/audio/transcriptions" -F "file=@$file" -F model=whisper-1 -F stream=true
ask "$VT_URL/v1/audio/translations" -F "file=@$file" -F model=whisper-1 -F response_format=srt
