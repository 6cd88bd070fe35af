"""A recording becomes subtitles: python3 examples/python/transcribe.py talk.mp3 > talk.srt

Uploads, follows the events, and fetches the result. Needs nothing but Python 3.9.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

URL = os.environ.get("VT_URL", "http://127.0.0.1:5001")
HEADERS = {"Authorization": "Bearer " + os.environ.get("VT_API_KEY", "")}
ENDED = ("COMPLETED", "PARTIAL", "FAILED", "CANCELLED")

CREATE = """mutation ($file: Upload!) {
  createTranscription(input: { source: { upload: $file } }) {
    __typename
    ... on CreateTranscriptionPayload { transcription { id } }
    ... on Error { code message }
  }
}"""

FOLLOW = """subscription ($id: ID!, $after: Int) {
  transcriptionEvents(id: $id, after: $after) {
    __typename
    ... on TranscriptionSnapshot { seq transcription { state } segments { text } }
    ... on SegmentsAppended { seq segments { text } progress { fraction } }
    ... on ProgressMade { seq progress { fraction } }
    ... on StateChanged { seq state error { message } }
  }
}"""


def open_url(path, data=None, timeout=60, **headers):
    return urllib.request.urlopen(
        urllib.request.Request(URL + path, data=data, headers={**HEADERS, **headers}), timeout=timeout
    )


def upload(path):
    """One GraphQL multipart request: operations, map, file. Returns the id of the transcription."""
    boundary = uuid.uuid4().hex
    operations = json.dumps({"query": CREATE, "variables": {"file": None}})
    parts = [
        ('name="operations"', operations.encode()),
        ('name="map"', b'{"0": ["variables.file"]}'),
        ('name="0"; filename="%s"' % os.path.basename(path).replace('"', "%22"), open(path, "rb").read()),
    ]
    body = b"".join(
        b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (boundary.encode(), head.encode(), content)
        for head, content in parts
    )
    body += b"--%s--\r\n" % boundary.encode()
    with open_url("/graphql", body, **{"Content-Type": "multipart/form-data; boundary=" + boundary}) as answer:
        created = json.load(answer)["data"]["createTranscription"]
    if "transcription" not in created:
        sys.exit("%(code)s: %(message)s" % created)
    return created["transcription"]["id"]


def events(transcription_id, after=None):
    """Server-sent events of one connection."""
    variables = {"id": transcription_id, "after": after}
    body = json.dumps({"query": FOLLOW, "variables": variables}).encode()
    headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
    with open_url("/graphql", body, **headers) as stream:
        for line in stream:
            if line.startswith(b"data: {"):
                answer = json.loads(line[6:])
                if answer.get("errors"):
                    sys.exit(answer["errors"][0]["message"])
                yield answer["data"]["transcriptionEvents"]


def follow(transcription_id):
    """Waits for the end. A connection that breaks is taken up behind the last event."""
    after = None
    while True:
        try:
            for event in events(transcription_id, after):
                after = event.get("seq", after)
                for segment in event.get("segments", []):
                    print(segment["text"], file=sys.stderr)
                state = event.get("state") or event.get("transcription", {}).get("state")
                if state in ENDED:
                    return state, event.get("error")
        except (OSError, urllib.error.URLError) as error:
            print("The connection broke: %s" % error, file=sys.stderr)
        time.sleep(1)


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else "test/fixtures/audio/jfk.flac"
    transcription_id = upload(path)
    state, error = follow(transcription_id)
    if state not in ("COMPLETED", "PARTIAL"):
        sys.exit((error or {}).get("message", state))
    with open_url("/transcriptions/%s/export.srt" % transcription_id) as answer:
        sys.stdout.write(answer.read().decode())


main()
