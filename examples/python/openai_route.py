"""The route that tools for OpenAI's API use: python3 examples/python/openai_route.py talk.mp3

Needs nothing but Python 3.9. With OpenAI's own package, give it base_url=VT_URL + "/v1" and api_key=VT_API_KEY.
"""

import json
import os
import sys
import urllib.error
import urllib.request
import uuid

URL = os.environ.get("VT_URL", "http://127.0.0.1:5001")
KEY = os.environ.get("VT_API_KEY", "")


def transcribe(path, **fields):
    boundary = uuid.uuid4().hex
    parts = [('name="%s"' % name, value.encode()) for name, value in {"model": "whisper-1", **fields}.items()]
    parts.append(('name="file"; filename="%s"' % os.path.basename(path).replace('"', "%22"), open(path, "rb").read()))
    body = b"".join(
        b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (boundary.encode(), head.encode(), content)
        for head, content in parts
    )
    body += b"--%s--\r\n" % boundary.encode()
    request = urllib.request.Request(
        URL + "/v1/audio/transcriptions",
        data=body,
        headers={"Authorization": "Bearer " + KEY, "Content-Type": "multipart/form-data; boundary=" + boundary},
    )
    try:
        with urllib.request.urlopen(request, timeout=3600) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as refusal:
        sys.exit(json.load(refusal)["error"]["message"])


path = sys.argv[1] if len(sys.argv) > 1 else "test/fixtures/audio/jfk.flac"
print(json.loads(transcribe(path))["text"])
print(transcribe(path, response_format="vtt"))
