"""
Reads a ggml Whisper checkpoint, so that every peer runs on the very weights that we run on.

Layout (whisper.cpp, models/convert-pt-to-ggml.py): magic, eleven integers, mel filters, vocabulary, then tensors with their dimensions in reverse
order. Tensors are f32, f16 or q8_0 (blocks of 32: a half-precision scale and 32 bytes).
"""

import json
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

MAGIC = 0x67676D6C
Q8_0_BLOCK = np.dtype([("scale", "<f2"), ("values", "i1", 32)])
# openai/whisper, tokenizer.py: the order of the language tokens.
LANGUAGES = (
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml cy sk "
    "te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo "
    "ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue"
).split()
TASKS = ["translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps"]


@dataclass
class Checkpoint:
    vocabulary_size: int
    audio_context: int
    width: int
    heads: int
    encoder_layers: int
    text_context: int
    decoder_layers: int
    mels: int
    tensors: dict
    # All tokens in order, as byte-level text: ordinary, special, times.
    tokens: list
    merges: list

    @property
    def multilingual(self):
        return self.vocabulary_size >= 51865

    @property
    def language_count(self):
        return self.vocabulary_size - 51765 - int(self.multilingual)

    @property
    def end_of_text(self):
        return 50257 if self.multilingual else 50256

    @property
    def languages(self):
        start = self.end_of_text + 2
        return {language: start + index for index, language in enumerate(LANGUAGES[: self.language_count])}

    def special(self, name):
        return self.tokens.index(f"<|{name}|>")


def read_checkpoint(path):
    data = Path(path).read_bytes()
    header = struct.unpack_from("<12i", data, 0)
    if header[0] != MAGIC:
        raise SystemExit(f"{path} is no ggml checkpoint.")
    _, vocabulary_size, audio_context, width, heads, encoder_layers, text_context, _, _, decoder_layers, mels, _ = header
    offset = 48
    filter_rows, filter_columns = struct.unpack_from("<2i", data, offset)
    offset += 8 + 4 * filter_rows * filter_columns
    words, offset = read_words(data, offset)
    tensors = dict(read_tensors(data, offset))
    shape = Checkpoint(
        vocabulary_size, audio_context, width, heads, encoder_layers, text_context, decoder_layers, mels, tensors, [], []
    )
    ordinary = words[: shape.end_of_text]
    shape.tokens = [byte_level(word) for word in ordinary] + special_tokens(shape)
    shape.merges = derive_merges(ordinary)
    return shape


def read_words(data, offset):
    (count,) = struct.unpack_from("<i", data, offset)
    offset += 4
    words = []
    for _ in range(count):
        (length,) = struct.unpack_from("<i", data, offset)
        words.append(data[offset + 4 : offset + 4 + length])
        offset += 4 + length
    return words, offset


def read_tensors(data, offset):
    while offset < len(data):
        dimension_count, name_length, kind = struct.unpack_from("<3i", data, offset)
        offset += 12
        dimensions = struct.unpack_from(f"<{dimension_count}i", data, offset)[::-1]
        offset += 4 * dimension_count
        name = data[offset : offset + name_length].decode()
        offset += name_length
        count = int(np.prod(dimensions))
        if kind == 0:
            values, size = np.frombuffer(data, "<f4", count, offset), 4 * count
        elif kind == 1:
            values, size = np.frombuffer(data, "<f2", count, offset), 2 * count
        elif kind == 8:
            blocks = np.frombuffer(data, Q8_0_BLOCK, count // 32, offset)
            values = (blocks["values"] * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)
            size = Q8_0_BLOCK.itemsize * (count // 32)
        else:
            raise SystemExit(f"Tensor {name} has type {kind}: give an f32, f16 or q8_0 checkpoint.")
        offset += size
        yield name, values.reshape(dimensions).astype(np.float32)


def special_tokens(checkpoint):
    names = ["endoftext", "startoftranscript", *LANGUAGES[: checkpoint.language_count], *TASKS]
    times = [f"{index * 0.02:.2f}" for index in range(1501)]
    tokens = [f"<|{name}|>" for name in [*names, *times]]
    expected = checkpoint.vocabulary_size - checkpoint.end_of_text
    if len(tokens) != expected:
        raise SystemExit(f"The checkpoint has {expected} special tokens, {len(tokens)} are known.")
    return tokens


def byte_alphabet():
    """Bytes as printable characters (openai/gpt-2, encoder.py)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {**{byte: chr(byte) for byte in printable}, **{byte: chr(256 + index) for index, byte in enumerate(others)}}


ALPHABET = byte_alphabet()


def byte_level(word):
    return "".join(ALPHABET[byte] for byte in word)


def derive_merges(words):
    """A token of several bytes is the merge of the two parts that the earlier tokens leave of it."""
    ranks = {}
    for rank, word in enumerate(words):
        ranks.setdefault(word, rank)
    merges = []
    for word, rank in ranks.items():
        parts = [bytes([byte]) for byte in word]
        while len(parts) > 2:
            pairs = [ranks.get(parts[i] + parts[i + 1], rank) for i in range(len(parts) - 1)]
            best = min(pairs)
            if best >= rank:
                break
            at = pairs.index(best)
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        if len(parts) == 2:
            merges.append((byte_level(parts[0]), byte_level(parts[1])))
    return merges


def tokenizer_json(checkpoint):
    """What the `tokenizers` library and its JavaScript cousin read."""
    end = checkpoint.end_of_text
    byte_level_step = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    first_time = checkpoint.special("notimestamps") + 1

    def added(identifier):
        return {
            "id": identifier,
            "content": checkpoint.tokens[identifier],
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": identifier >= first_time,
            "special": identifier < first_time,
        }

    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [added(identifier) for identifier in range(end, len(checkpoint.tokens))],
        "normalizer": None,
        "pre_tokenizer": byte_level_step,
        "post_processor": None,
        "decoder": byte_level_step,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "",
            "fuse_unk": False,
            "vocab": {token: index for index, token in enumerate(checkpoint.tokens[:end])},
            "merges": [" ".join(pair) for pair in checkpoint.merges],
        },
    }


def write_json(path, value):
    Path(path).write_text(json.dumps(value, ensure_ascii=False), encoding="utf8")
