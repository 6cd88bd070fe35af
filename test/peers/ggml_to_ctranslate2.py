"""
Writes a ggml Whisper checkpoint as a CTranslate2 model folder, for faster-whisper: the same weights in half precision; CTranslate2 makes them
8-bit when it loads them.

usage: python ggml_to_ctranslate2.py CHECKPOINT OUTPUT_FOLDER

The file (CTranslate2, model_spec.py, binary version 6): name and revision of the specification, then named variables, then aliases.
"""

import struct
import sys
from pathlib import Path

import numpy as np
from checkpoint import read_checkpoint, tokenizer_json, write_json

BINARY_VERSION = 6
SPECIFICATION = "WhisperSpec"
SPECIFICATION_REVISION = 3
TYPE_NUMBERS = {"float32": 0, "int8": 1, "int16": 2, "float16": 4}
GELU = 3


def collect_variables(checkpoint):
    source = checkpoint.tensors
    variables = {}

    def put(name, value):
        variables[name] = np.ascontiguousarray(value, np.float16)

    def copy_norm(target, name):
        put(f"{target}/gamma", source[f"{name}.weight"])
        put(f"{target}/beta", source[f"{name}.bias"])

    def join_linear(target, *names):
        put(f"{target}/weight", np.concatenate([source[f"{name}.weight"] for name in names]))
        # The keys' projection has no bias.
        zeros = np.zeros(checkpoint.width, np.float32)
        put(f"{target}/bias", np.concatenate([source.get(f"{name}.bias", zeros) for name in names]))

    def copy_block(target, name, has_cross_attention):
        copy_norm(f"{target}/self_attention/layer_norm", f"{name}.attn_ln")
        join_linear(f"{target}/self_attention/linear_0", *(f"{name}.attn.{part}" for part in ("query", "key", "value")))
        join_linear(f"{target}/self_attention/linear_1", f"{name}.attn.out")
        if has_cross_attention:
            copy_norm(f"{target}/attention/layer_norm", f"{name}.cross_attn_ln")
            join_linear(f"{target}/attention/linear_0", f"{name}.cross_attn.query")
            join_linear(f"{target}/attention/linear_1", f"{name}.cross_attn.key", f"{name}.cross_attn.value")
            join_linear(f"{target}/attention/linear_2", f"{name}.cross_attn.out")
        copy_norm(f"{target}/ffn/layer_norm", f"{name}.mlp_ln")
        join_linear(f"{target}/ffn/linear_0", f"{name}.mlp.0")
        join_linear(f"{target}/ffn/linear_1", f"{name}.mlp.2")

    for index in range(checkpoint.encoder_layers):
        copy_block(f"encoder/layer_{index}", f"encoder.blocks.{index}", False)
    for index in range(checkpoint.decoder_layers):
        copy_block(f"decoder/layer_{index}", f"decoder.blocks.{index}", True)
    for convolution in ("conv1", "conv2"):
        put(f"encoder/{convolution}/weight", source[f"encoder.{convolution}.weight"])
        put(f"encoder/{convolution}/bias", source[f"encoder.{convolution}.bias"].reshape(-1))
    for side in ("encoder", "decoder"):
        put(f"{side}/position_encodings/encodings", source[f"{side}.positional_embedding"])
        variables[f"{side}/num_heads"] = np.int16(checkpoint.heads)
    copy_norm("encoder/layer_norm", "encoder.ln_post")
    copy_norm("decoder/layer_norm", "decoder.ln")
    put("decoder/embeddings/weight", source["decoder.token_embedding.weight"])
    variables |= {
        "decoder/activation": np.int8(GELU),
        "decoder/pre_norm": np.int8(1),
        "decoder/alignment_heads": np.int16(1),
        "decoder/alignment_layer": np.int16(-1),
    }
    for switch in ("alibi", "alibi_use_positive_positions", "scale_alibi", "scale_embeddings", "start_from_zero_embedding"):
        variables[f"decoder/{switch}"] = np.int8(0)
    return variables


def write_model(path, variables, aliases):
    def text(value):
        encoded = value.encode()
        return struct.pack("<H", len(encoded) + 1) + encoded + b"\0"

    with open(path, "wb") as file:
        file.write(struct.pack("<I", BINARY_VERSION) + text(SPECIFICATION))
        file.write(struct.pack("<II", SPECIFICATION_REVISION, len(variables)))
        for name, value in sorted(variables.items()):
            file.write(text(name) + struct.pack("<B", value.ndim) + struct.pack(f"<{value.ndim}I", *value.shape))
            file.write(struct.pack("<BI", TYPE_NUMBERS[str(value.dtype)], value.nbytes) + value.tobytes())
        file.write(struct.pack("<I", len(aliases)))
        for alias, name in aliases.items():
            file.write(text(alias) + text(name))


def main(checkpoint_path, output_folder):
    checkpoint = read_checkpoint(checkpoint_path)
    output = Path(output_folder)
    output.mkdir(parents=True, exist_ok=True)
    write_json(output / "tokenizer.json", tokenizer_json(checkpoint))
    write_json(output / "vocabulary.json", checkpoint.tokens)
    space = checkpoint.tokens.index("Ġ")
    configuration = {
        "lang_ids": list(checkpoint.languages.values()),
        # faster-whisper hands over its own list; blank and end of text may not come first.
        "suppress_ids": [],
        "suppress_ids_begin": [space, checkpoint.end_of_text],
    }
    write_json(output / "config.json", configuration)
    write_model(output / "model.bin", collect_variables(checkpoint), {"decoder/projection/weight": "decoder/embeddings/weight"})


if __name__ == "__main__":
    main(*sys.argv[1:3])
