#!/bin/sh
# Shows what happens to a transcription until it has ended. When the connection breaks, it asks for what came after the last event that it saw.
#   sh examples/curl/follow.sh "$id"
set -eu
: "${VT_URL:=http://127.0.0.1:5001}"
id=$1
seen=$(mktemp)
trap 'rm -f "$seen"' EXIT
echo null >"$seen"
query='subscription ($id: ID!, $after: Int) { transcriptionEvents(id: $id, after: $after) { __typename ... on TranscriptionSnapshot { seq transcription { state } segments { text } } ... on SegmentsAppended { seq segments { text } } ... on ProgressMade { seq progress { fraction etaSeconds } } ... on StateChanged { seq state error { code message } } } }'

while :; do
  # The server sends a sign of life every 12 seconds: a line that stays silent for 45 is dead.
  curl -sSN --fail --speed-limit 1 --speed-time 45 "$VT_URL/graphql" \
    -H "Authorization: Bearer $VT_API_KEY" -H 'Content-Type: application/json' -H 'Accept: text/event-stream' \
    -d '{"query":"'"$query"'","variables":{"id":"'"$id"'","after":'"$(cat "$seen")"'}}' |
    while IFS= read -r line; do
      case $line in
        'data: {"errors"'*) echo "$line" >&2; exit 3 ;;
        'data: {'*) echo "${line#data: }" ;;
        *) continue ;;
      esac
      seq=$(printf %s "$line" | sed -n 's/.*"seq":\([0-9]*\).*/\1/p')
      [ -z "$seq" ] || echo "$seq" >"$seen"
      case $line in
        *'"state":"COMPLETED"'* | *'"state":"PARTIAL"'*) exit 2 ;;
        *'"state":"FAILED"'* | *'"state":"CANCELLED"'*) exit 3 ;;
      esac
    done && code=0 || code=$?
  case $code in
    2) exit 0 ;;
    3) exit 1 ;;
  esac
  sleep 1
done
