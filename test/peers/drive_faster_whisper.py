"""
faster-whisper as a driver: one JSON line per order on standard input, one per answer on standard output (see driver-process.mjs).

usage: python drive_faster_whisper.py THREADS BATCH     (BATCH 0: one window after another)
"""

import json
import sys
import time
from importlib.metadata import version

from faster_whisper import BatchedInferencePipeline, WhisperModel

THREADS, BATCH = int(sys.argv[1]), int(sys.argv[2])


def answer(**fields):
    print(json.dumps(fields), flush=True)


def load(order):
    model = WhisperModel(order["model"], device="cpu", compute_type="int8", cpu_threads=THREADS, local_files_only=True)
    return BatchedInferencePipeline(model) if BATCH > 0 else model


def transcribe(engine, order):
    options = {"batch_size": BATCH} if BATCH > 0 else {}
    segments, _ = engine.transcribe(order["file"], beam_size=1, language=order["language"], **options)
    return " ".join(segment.text.strip() for segment in segments)


def main():
    engine = None
    answer(ready=True, version=f"faster-whisper {version('faster-whisper')}, CTranslate2 {version('ctranslate2')}")
    for line in sys.stdin:
        order = json.loads(line)
        started = time.perf_counter()
        try:
            if order["do"] == "load":
                engine = load(order)
                answer(seconds=time.perf_counter() - started)
            else:
                text = transcribe(engine, order)
                answer(seconds=time.perf_counter() - started, text=text)
        except Exception as error:  # The report says what went wrong and goes on with the others.
            answer(error=f"{type(error).__name__}: {error}")


main()
