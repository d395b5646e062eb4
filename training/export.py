"""Writes what the product ships: `python -m training.export DATA --name student-0 --keep 0 1 2 3 --to student`.

The graph takes word vectors (batch, length, 384) and a mask, and gives all heads' scores. Matrices are in 8 bits, one
scale a column; what flows into them is in 8 bits too, with one scale for each matrix that is set on training texts:
so a text's reading does not depend on the texts beside it. Word vectors are in 4 bits.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from entendu.reading import blend, linear
from entendu.reading.encoder import KEPT_APART, EncoderReader, Vectors, Vocabulary
from entendu.reading.heads import heads
from training import e5, examples, network, thresholds, words
from training.data import HERE, Example

WEIGHTS = HERE.parent / "src/entendu/reading/weights"
PLACES = 100  # positions that ship: a little more than the product reads


class Plain(nn.Module):
    """The encoder after its word vectors, in plain matrix operations."""

    def __init__(self, encoder: network.Encoder) -> None:
        super().__init__()
        self.norm, self.layers, self.heads = encoder.norm, encoder.layers, encoder.heads
        self.count = encoder.layers[0].heads

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        x = self.norm(x)
        size = x.shape[2]
        shift = ((1.0 - mask) * -10_000.0)[:, None, None, :]
        for layer in self.layers:
            parts = x @ layer.qkv.weight.t() + layer.qkv.bias
            parts = parts.reshape(x.shape[0], -1, 3, self.count, size // self.count).permute(2, 0, 3, 1, 4)
            scores = parts[0] @ parts[1].transpose(2, 3) / (size // self.count) ** 0.5 + shift
            seen = (torch.softmax(scores, 3) @ parts[2]).transpose(1, 2).reshape(x.shape[0], -1, size)
            x = layer.norm1(x + (seen @ layer.out.weight.t() + layer.out.bias))
            inner = nn.functional.gelu(x @ layer.up.weight.t() + layer.up.bias)
            x = layer.norm2(x + (inner @ layer.down.weight.t() + layer.down.bias))
        inside = mask.unsqueeze(2)
        return self.heads((x * inside).sum(1) / inside.sum(1))


def whole_graph(encoder: network.Encoder, path: Path) -> None:
    """The encoder in 32 bits."""
    encoder.eval()
    axes = {"x": {0: "texts", 1: "pieces"}, "mask": {0: "texts", 1: "pieces"}, "scores": {0: "texts"}}
    torch.onnx.export(
        Plain(encoder),
        (torch.randn(2, 7, encoder.place.shape[1]), torch.ones(2, 7)),
        str(path),
        input_names=["x", "mask"],
        output_names=["scores"],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )


class Samples(CalibrationDataReader):  # type: ignore[misc]
    """Batches of real texts, from which the scales of what flows are set."""

    def __init__(self, batches: Iterator[dict[str, np.ndarray]]) -> None:
        self.batches = batches

    def get_next(self) -> dict[str, np.ndarray] | None:
        return next(self.batches, None)


def small_graph(whole: Path, path: Path, samples: Iterator[dict[str, np.ndarray]], skip: list[str]) -> None:
    """The graph in 8 bits. `skip` names matrices that stay in 32 bits."""
    prepared = path.with_suffix(".prepared.onnx")
    quant_pre_process(str(whole), str(prepared), skip_symbolic_shape=True)
    graph = onnx.load(str(prepared)).graph
    constant = {tensor.name for tensor in graph.initializer}
    # Only matrices with constant weights: attention itself stays in 32 bits, it is small.
    chosen = [
        n.name for n in graph.node if n.op_type == "MatMul" and n.input[1] in constant and n.name not in skip
    ]
    quantize_static(
        str(prepared),
        str(path),
        Samples(samples),
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        per_channel=True,
        nodes_to_quantize=chosen,
        op_types_to_quantize=["MatMul"],
        calibrate_method=CalibrationMethod.MinMax,
        extra_options={"OpTypesToExcludeOutputQuantization": ["MatMul"], "CalibMovingAverage": True},
    )
    prepared.unlink()


def joined(path: Path) -> None:
    """The graph as onnxruntime runs it, with what is added to a matrix's product moved into the product: it is then
    added while the product is written, and not in a pass of its own. The scores stay the same to the last bit."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(path)
    onnxruntime.InferenceSession(
        path.read_bytes(), options, providers=["CPUExecutionProvider"], disabled_optimizers=KEPT_APART
    )
    model = onnx.load(str(path))
    nodes = model.graph.node
    constant = {tensor.name for tensor in model.graph.initializer if len(tensor.dims) == 1}
    made = {out: node for node in nodes for out in node.output}
    uses = Counter(name for node in nodes for name in node.input)
    for node in [node for node in nodes if node.op_type == "Add"]:
        for product, added in (node.input, reversed(node.input)):
            matrix = made.get(product)
            # Six inputs: two matrices, their scales and zeros; the seventh is what is added.
            if (
                matrix is not None
                and matrix.op_type == "MatMulIntegerToFloat"
                and len(matrix.input) == 6
                and added in constant
                and uses[product] == 1
            ):
                matrix.input.append(added)
                matrix.output[0] = node.output[0]
                nodes.remove(node)
                break
    onnx.save(model, str(path))


def vocabulary(source: e5.Source, numbers: list[int], encoder: network.Encoder) -> dict[str, np.ndarray]:
    """The arrays of vocabulary.npz: see `entendu.reading.encoder.Vocabulary`."""
    offset, _ = source.tensors["emb.word"]
    blocks = source.hidden // 32
    kind = np.dtype([("d", "<f2"), ("q", "u1", 16)])
    rows = np.frombuffer(source.raw, kind, source.words * blocks, offset).reshape(source.words, blocks)[
        numbers
    ]
    pieces = [source.pieces[number] for number in numbers]
    points = sorted(point for point, becomes in source.normal.items() if "\n" not in becomes)
    return {
        "pieces": np.frombuffer("\n".join(piece for piece, _ in pieces).encode(), np.uint8),
        "scores": np.array([score for _, score in pieces], np.float32),
        "points": np.array(points, np.uint32),
        "becomes": np.frombuffer("\n".join(source.normal[point] for point in points).encode(), np.uint8),
        "nibbles": rows["q"].reshape(len(numbers), -1),
        "scales": rows["d"],
        "places": encoder.place.detach().numpy()[:PLACES].astype(np.float32),
    }


def own_words(encoder: network.Encoder) -> dict[str, np.ndarray]:
    """The arrays of <name>-words.npz: see `entendu.reading.encoder.Vectors`."""
    nibbles, scales = words.packed(encoder.word.weight.detach().numpy())
    return {"nibbles": nibbles, "scales": scales, "slots": encoder.slots.detach().numpy().astype(np.float32)}


class Recorder:
    """Stands in for a session: keeps what the reader feeds it."""

    def __init__(self) -> None:
        self.fed: list[dict[str, np.ndarray]] = []

    def run(self, _: None, feed: dict[str, np.ndarray]) -> list[np.ndarray]:
        self.fed.append(feed)
        return [np.zeros((len(feed["x"]), network.OUTPUTS), np.float32)]


def blank(version: str, reads: str) -> dict[str, object]:
    """A description with neutral thresholds, before validation."""
    described = [
        {"name": name, "labels": labels, "temperature": 1.0, "unsure_below": 0.5, "yes_from": 0.5}
        for name, labels in network.HEADS.items()
    ]
    return {"version": version, "input": reads, "heads": described, "also_from": thresholds.ALSO_FROM}


def settle(meta: dict[str, Any], reader: EncoderReader, found: list[Example]) -> None:
    """Weigh it with the fast reader, then set the thresholds of both together; `meta` is filled."""
    beside = linear.shipped()
    texts = [example.text for example in found]
    own, other = reader.score(texts), beside.score(texts)
    factors = thresholds.weighed(own, other, found)
    meta["beside"] = {"version": beside.version, "factors": factors}
    meta["heads"] = thresholds.settle(lambda _: blend.blended(own, other, reader, beside, factors), found)
    heads(meta)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--keep", type=int, nargs="+", required=True, help="the layers it was made of")
    parser.add_argument("--to", required=True, choices=["student", "teacher"])
    parser.add_argument("--version", required=True)
    parser.add_argument("--inner", type=int, help="inner neurons a layer, where fewer than the source has")
    parser.add_argument("--reads", choices=["pieces", "words"], default="pieces")
    parser.add_argument("--whole", action="store_true", help="leave it in 32 bits, to compare")
    args = parser.parse_args()
    torch.set_num_threads(1)
    source = e5.load()
    numbers, _ = network.pruned(source)
    encoder = network.restore(
        network.Encoder(args.keep, numbers, source, args.inner), network.BUILD / f"{args.name}.pt"
    )
    arrays = vocabulary(source, numbers, encoder)
    whole, path = network.BUILD / f"{args.name}.onnx", WEIGHTS / f"{args.to}.onnx"
    whole_graph(encoder, whole)
    held = Vocabulary(arrays)
    own = own_words(encoder) if args.reads == "words" else None
    train, kept = examples.split(examples.training(args.data))
    recorder = Recorder()
    EncoderReader(recorder, held, blank(args.version, args.reads), own and Vectors(own)).score(
        [example.text for example in train[::200]]
    )
    if args.whole:
        path.write_bytes(whole.read_bytes())
    else:
        small_graph(whole, path, iter(recorder.fed), [])
        joined(path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    meta = blank(args.version, args.reads)
    reader = EncoderReader(session, held, meta, own and Vectors(own))
    settle(meta, reader, thresholds.validation(args.data, kept))
    # The same for every encoder. Only the student reads words, with vectors of its own.
    np.savez_compressed(WEIGHTS / "vocabulary.npz", **arrays)
    if own:
        np.savez_compressed(WEIGHTS / f"{args.to}-words.npz", **own)
    (WEIGHTS / f"{args.to}.json").write_text(json.dumps(meta, indent=1) + "\n")
    print({file.name: f"{file.stat().st_size / 1e6:.1f} MB" for file in sorted(WEIGHTS.iterdir())})


if __name__ == "__main__":
    main()
