"""
Writes a ggml Whisper checkpoint as a folder that transformers.js loads: its configuration, and ONNX graphs exported and made 8-bit as the authors of
transformers.js export their own (optimum, merged decoder, dynamic quantisation with unsigned weights).

usage: python ggml_to_transformers_js.py CHECKPOINT OUTPUT_FOLDER     (needs optimum[onnxruntime] and torch)
"""

import shutil
import sys
import tempfile
from pathlib import Path

import onnx
import torch
from checkpoint import read_checkpoint, tokenizer_json, write_json
from onnxruntime.quantization import QuantType
from onnxruntime.quantization.onnx_quantizer import ONNXQuantizer
from onnxruntime.quantization.quant_utils import QuantizationMode
from onnxruntime.quantization.registry import IntegerOpsRegistry
from optimum.exporters.onnx import main_export
from transformers import WhisperConfig, WhisperForConditionalGeneration

GRAPHS = ["encoder_model", "decoder_model_merged"]


def rename_tensors(checkpoint):
    source = checkpoint.tensors
    weights = {}

    def copy(target, name):
        for kind in ("weight", "bias"):
            if f"{name}.{kind}" in source:
                weights[f"model.{target}.{kind}"] = torch.from_numpy(source[f"{name}.{kind}"].copy())

    def copy_attention(target, name):
        for ours, theirs in (("query", "q_proj"), ("key", "k_proj"), ("value", "v_proj"), ("out", "out_proj")):
            copy(f"{target}.{theirs}", f"{name}.{ours}")

    for side, layers in (("encoder", checkpoint.encoder_layers), ("decoder", checkpoint.decoder_layers)):
        for index in range(layers):
            block, layer = f"{side}.blocks.{index}", f"{side}.layers.{index}"
            copy_attention(f"{layer}.self_attn", f"{block}.attn")
            copy(f"{layer}.self_attn_layer_norm", f"{block}.attn_ln")
            if side == "decoder":
                copy_attention(f"{layer}.encoder_attn", f"{block}.cross_attn")
                copy(f"{layer}.encoder_attn_layer_norm", f"{block}.cross_attn_ln")
            copy(f"{layer}.fc1", f"{block}.mlp.0")
            copy(f"{layer}.fc2", f"{block}.mlp.2")
            copy(f"{layer}.final_layer_norm", f"{block}.mlp_ln")
        embedding = torch.from_numpy(source[f"{side}.positional_embedding"].copy())
        weights[f"model.{side}.embed_positions.weight"] = embedding
    for convolution in ("conv1", "conv2"):
        copy(f"encoder.{convolution}", f"encoder.{convolution}")
        weights[f"model.encoder.{convolution}.bias"] = weights[f"model.encoder.{convolution}.bias"].reshape(-1)
    copy("encoder.layer_norm", "encoder.ln_post")
    copy("decoder.layer_norm", "decoder.ln")
    copy("decoder.embed_tokens", "decoder.token_embedding")
    weights["proj_out.weight"] = weights["model.decoder.embed_tokens.weight"]
    return weights


def build_model(checkpoint):
    end = checkpoint.end_of_text
    config = WhisperConfig(
        vocab_size=checkpoint.vocabulary_size,
        num_mel_bins=checkpoint.mels,
        d_model=checkpoint.width,
        encoder_layers=checkpoint.encoder_layers,
        decoder_layers=checkpoint.decoder_layers,
        encoder_attention_heads=checkpoint.heads,
        decoder_attention_heads=checkpoint.heads,
        encoder_ffn_dim=4 * checkpoint.width,
        decoder_ffn_dim=4 * checkpoint.width,
        max_source_positions=checkpoint.audio_context,
        max_target_positions=checkpoint.text_context,
        decoder_start_token_id=end + 1,
        bos_token_id=end,
        eos_token_id=end,
        pad_token_id=end,
        suppress_tokens=None,
        begin_suppress_tokens=None,
        architectures=["WhisperForConditionalGeneration"],
    )
    model = WhisperForConditionalGeneration(config).eval()
    model.load_state_dict(rename_tensors(checkpoint), strict=True)
    return model


def generation_configuration(checkpoint):
    end = checkpoint.end_of_text
    return {
        "bos_token_id": end,
        "decoder_start_token_id": end + 1,
        "eos_token_id": end,
        "pad_token_id": end,
        "no_timestamps_token_id": checkpoint.special("notimestamps"),
        "prev_sot_token_id": checkpoint.special("startofprev"),
        "begin_suppress_tokens": [checkpoint.tokens.index("Ġ"), end],
        "suppress_tokens": [],
        "max_length": checkpoint.text_context,
        "max_initial_timestamp_index": 50,
        "is_multilingual": checkpoint.multilingual,
        "return_timestamps": False,
        **({"lang_to_id": {f"<|{name}|>": index for name, index in checkpoint.languages.items()}} if checkpoint.multilingual else {}),
        **({"task_to_id": {task: checkpoint.special(task) for task in ("transcribe", "translate")}} if checkpoint.multilingual else {}),
    }


def preprocessor_configuration(checkpoint):
    return {
        "feature_extractor_type": "WhisperFeatureExtractor",
        "processor_class": "WhisperProcessor",
        "feature_size": checkpoint.mels,
        "sampling_rate": 16000,
        "hop_length": 160,
        "n_fft": 400,
        "chunk_length": 30,
        "n_samples": 480000,
        "nb_max_frames": 3000,
        "padding_side": "right",
        "padding_value": 0.0,
        "return_attention_mask": False,
    }


def quantize(source, target):
    quantizer = ONNXQuantizer(
        onnx.load(source),
        per_channel=False,
        reduce_range=False,
        mode=QuantizationMode.IntegerOps,
        static=False,
        weight_qType=QuantType.QUInt8,
        activation_qType=QuantType.QUInt8,
        tensors_range=None,
        nodes_to_quantize=[],
        nodes_to_exclude=[],
        op_types_to_quantize=list(IntegerOpsRegistry.keys()),
        extra_options={"EnableSubgraph": True, "MatMulConstBOnly": True},
    )
    quantizer.quantize_model()
    onnx.save(quantizer.model.model, target)


def main(checkpoint_path, output_folder):
    checkpoint = read_checkpoint(checkpoint_path)
    output = Path(output_folder)
    (output / "onnx").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        model_folder, export_folder = Path(folder, "model"), Path(folder, "export")
        build_model(checkpoint).save_pretrained(model_folder)
        main_export(
            model_folder,
            output=export_folder,
            task="automatic-speech-recognition-with-past",
            library_name="transformers",
            do_validation=False,
        )
        shutil.copy(export_folder / "config.json", output)
        for graph in GRAPHS:
            quantize(export_folder / f"{graph}.onnx", output / "onnx" / f"{graph}_quantized.onnx")
    write_json(output / "tokenizer.json", tokenizer_json(checkpoint))
    write_json(output / "tokenizer_config.json", {"tokenizer_class": "WhisperTokenizer", "processor_class": "WhisperProcessor"})
    write_json(output / "generation_config.json", generation_configuration(checkpoint))
    write_json(output / "preprocessor_config.json", preprocessor_configuration(checkpoint))


if __name__ == "__main__":
    main(*sys.argv[1:3])
