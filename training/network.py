"""The encoder and its heads in PyTorch: the teacher with many layers, the student with few."""

import json
import random
from collections.abc import Iterator, Sequence, Sized
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from entendu.reading.subwords import GROUP, PAD, Subwords
from training import e5, words
from training.data import HERE
from training.thresholds import HEADS

OUTPUTS = sum(map(len, HEADS.values()))
SLICES: dict[str, slice] = {}
_at = 0
for _name, _labels in HEADS.items():
    SLICES[_name] = slice(_at, _at + len(_labels))
    _at += len(_labels)
BUILD = HERE / "build"
# Pieces of a text, or its words as groups of pieces: the second is half as long, so half as dear.
Row = Sequence[int] | Sequence[tuple[int, ...]]


class Layer(nn.Module):
    """One encoder layer of BERT (post-norm), with one matrix for queries, keys and values."""

    def __init__(self, hidden: int, inner: int, heads: int, epsilon: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(hidden, 3 * hidden), nn.Linear(hidden, hidden)
        self.norm1, self.norm2 = nn.LayerNorm(hidden, epsilon), nn.LayerNorm(hidden, epsilon)
        self.up, self.down = nn.Linear(hidden, inner), nn.Linear(inner, hidden)

    def narrow(self, kept: Tensor) -> None:
        """Keep only these inner neurons."""
        up, down = self.up, self.down
        self.up, self.down = nn.Linear(up.in_features, len(kept)), nn.Linear(len(kept), down.out_features)
        self.up.weight.data, self.up.bias.data = up.weight.data[kept].clone(), up.bias.data[kept].clone()
        self.down.weight.data, self.down.bias.data = down.weight.data[:, kept].clone(), down.bias.data

    def forward(self, x: Tensor, mask: Tensor, dropout: float) -> Tensor:
        batch, length, hidden = x.shape
        query, key, value = self.qkv(x).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        # Plain products: for short texts the fused kernel's way back takes four tenths of the training time.
        scores = query @ key.transpose(2, 3) * query.shape[3] ** -0.5
        seen = scores.masked_fill(~mask, -1e4).softmax(3) @ value
        seen = self.out(seen.transpose(1, 2).reshape(batch, length, hidden))
        x = self.norm1(x + functional.dropout(seen, dropout, self.training))
        return self.norm2(
            x + functional.dropout(self.down(functional.gelu(self.up(x))), dropout, self.training)
        )


class Encoder(nn.Module):
    """multilingual-e5-small, with the layers that are asked for, mean-pooled, and a linear output for every head.

    `inner`: how many of each layer's inner neurons there are, when fewer than the source has.
    """

    def __init__(
        self, layers: Sequence[int], numbers: Sequence[int], source: e5.Source, inner: int | None = None
    ) -> None:
        super().__init__()
        hidden = source.hidden
        pieces = source.matrix("emb.word", source.words, hidden)[np.asarray(numbers)]
        self.word = nn.Embedding.from_pretrained(torch.from_numpy(pieces), freeze=True)
        place = source.plain("emb.pos", source.positions, hidden) + source.plain("emb.type", hidden)
        self.place = nn.Parameter(torch.from_numpy(place), requires_grad=False)
        self.norm = nn.LayerNorm(hidden, source.epsilon)
        _fill(self.norm, source.plain("emb.ln.w", hidden), source.plain("emb.ln.b", hidden))
        # How the first, second, … piece of a word counts in the word's vector: else their order would be lost.
        self.slots = nn.Parameter(torch.ones(GROUP, hidden))
        self.layers = nn.ModuleList(_layer(source, index) for index in layers)
        if inner is not None:
            for layer in self.layers:
                layer.narrow(torch.arange(inner))
        self.heads = nn.Linear(hidden, OUTPUTS)
        nn.init.normal_(self.heads.weight, std=0.02)
        nn.init.zeros_(self.heads.bias)

    def embed(self, numbers: Tensor) -> Tensor:
        """Vectors of pieces (batch, length) or of words (batch, length, GROUP), with their places."""
        x = self.word(numbers)
        if numbers.dim() == 3:
            there = (numbers != PAD).unsqueeze(-1).to(x.dtype)
            x = (x * there * self.slots).sum(2) / there.sum(2).clamp(min=1.0)
        return self.norm(x + self.place[: numbers.shape[1]])

    def below(self, numbers: Tensor, lengths: Tensor, layers: int) -> Tensor:
        """Hidden states after the first `layers`, which are not trained: (batch, length, hidden)."""
        size = numbers.shape[1]
        mask = (torch.arange(size)[None] < lengths[:, None])[:, None, None, :]
        with torch.no_grad():
            x = self.embed(numbers)
            for layer in self.layers[:layers]:
                x = layer(x, mask, 0.0)
        return x

    def above(self, x: Tensor, lengths: Tensor, layers: int, dropout: float = 0.0) -> tuple[Tensor, Tensor]:
        """(outputs, pooled vectors) from the hidden states after the first `layers`."""
        inside = torch.arange(x.shape[1])[None] < lengths[:, None]
        for layer in self.layers[layers:]:
            x = layer(x, inside[:, None, None, :], dropout if self.training else 0.0)
        weights = inside.unsqueeze(-1).to(x.dtype)
        pooled = (x * weights).sum(1) / weights.sum(1)
        return self.heads(functional.dropout(pooled, dropout, self.training)), pooled

    def forward(self, numbers: Tensor, lengths: Tensor, dropout: float = 0.0) -> tuple[Tensor, Tensor]:
        """(outputs, pooled vectors), every layer in training."""
        return self.above(self.embed(numbers), lengths, 0, dropout)


def _fill(module: nn.Module, weight: np.ndarray, bias: np.ndarray) -> None:
    module.weight.data = torch.from_numpy(weight)
    module.bias.data = torch.from_numpy(bias)


def _layer(source: e5.Source, index: int) -> Layer:
    hidden, inner = source.hidden, source.inner
    layer = Layer(hidden, inner, source.heads, source.epsilon)
    name = f"l{index}."
    weights = [source.matrix(f"{name}{part}.w", hidden, hidden) for part in "qkv"]
    biases = [source.plain(f"{name}{part}.b", hidden) for part in "qkv"]
    _fill(layer.qkv, np.concatenate(weights), np.concatenate(biases))
    _fill(layer.out, source.matrix(name + "ao.w", hidden, hidden), source.plain(name + "ao.b", hidden))
    _fill(layer.norm1, source.plain(name + "aln.w", hidden), source.plain(name + "aln.b", hidden))
    _fill(layer.up, source.matrix(name + "fi.w", inner, hidden), source.plain(name + "fi.b", inner))
    _fill(layer.down, source.matrix(name + "fo.w", hidden, inner), source.plain(name + "fo.b", hidden))
    _fill(layer.norm2, source.plain(name + "oln.w", hidden), source.plain(name + "oln.b", hidden))
    return layer


def pruned(source: e5.Source) -> tuple[list[int], Subwords]:
    """The pieces that `training.prune` kept, and the tokeniser over them."""
    numbers: list[int] = json.loads((BUILD / "pieces.json").read_text())
    return numbers, Subwords([source.pieces[number] for number in numbers], source.normal)


def pad(rows: Sequence[Row]) -> tuple[Tensor, Tensor]:
    """(numbers, lengths): (batch, length) of pieces or (batch, length, GROUP) of words."""
    longest = max(map(len, rows))
    if isinstance(rows[0][0], tuple):
        numbers = np.full((len(rows), longest, GROUP), PAD, np.int64)
        for at, row in enumerate(rows):
            for place, group in enumerate(row):
                numbers[at, place, : len(group)] = group
    else:
        numbers = np.full((len(rows), longest), PAD, np.int64)
        for at, row in enumerate(rows):
            numbers[at, : len(row)] = row
    return torch.from_numpy(numbers), torch.tensor([len(row) for row in rows])


def batches(rows: Sequence[Sized], size: int, chooser: random.Random | None) -> Iterator[list[int]]:
    """Indices in batches of texts of like length; in random order with a chooser, else shortest first."""
    order = list(range(len(rows)))
    if chooser is None:
        order.sort(key=lambda index: len(rows[index]))
        yield from (order[at : at + size] for at in range(0, len(order), size))
        return
    chooser.shuffle(order)
    found = []
    for at in range(0, len(order), size * 50):
        near = sorted(order[at : at + size * 50], key=lambda index: len(rows[index]))
        found += [near[start : start + size] for start in range(0, len(near), size)]
    chooser.shuffle(found)
    yield from found


def outputs(model: Encoder, rows: Sequence[Row], size: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """(scores, pooled vectors) of many texts, in their order."""
    model.eval()
    scores = np.zeros((len(rows), OUTPUTS), np.float32)
    pooled = np.zeros((len(rows), model.place.shape[1]), np.float16)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for chosen in batches(rows, size, None):
            said, vectors = model(*pad([rows[index] for index in chosen]))
            scores[chosen] = said.float().numpy()
            pooled[chosen] = vectors.float().numpy()
    model.train()
    return scores, pooled


def remembered(model: Encoder, rows: Sequence[Row], layers: int, size: int = 64) -> list[Tensor]:
    """The hidden states of every text after the frozen layers, in 16 bits: computed once, used every epoch."""
    states: list[Tensor] = [torch.empty(0)] * len(rows)
    with torch.autocast("cpu", torch.bfloat16):
        for chosen in batches(rows, size, None):
            found = model.below(*pad([rows[index] for index in chosen]), layers).bfloat16()
            for at, index in enumerate(chosen):
                states[index] = found[at, : len(rows[index])].clone()
    return states


def outputs_above(model: Encoder, states: Sequence[Tensor], layers: int) -> tuple[np.ndarray, np.ndarray]:
    """`outputs`, from the hidden states after the first `layers`."""
    model.eval()
    scores = np.zeros((len(states), OUTPUTS), np.float32)
    pooled = np.zeros((len(states), model.place.shape[1]), np.float16)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for chosen in batches(states, 64, None):
            said, vectors = model.above(*stack([states[index] for index in chosen]), layers)
            scores[chosen] = said.float().numpy()
            pooled[chosen] = vectors.float().numpy()
    model.train()
    return scores, pooled


def stack(states: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    lengths = torch.tensor([len(state) for state in states])
    return nn.utils.rnn.pad_sequence(list(states), batch_first=True), lengths


def save(model: Encoder, path: Path) -> None:
    """Everything, without the word vectors where nothing trained them."""
    path.parent.mkdir(exist_ok=True)
    weights = dict(model.state_dict())
    if not model.word.weight.requires_grad:
        del weights["word.weight"]
    elif isinstance(model.word, words.Words):
        weights["word.weight"] = words.rounded(weights["word.weight"])
    torch.save(weights, path)


def restore(model: Encoder, path: Path) -> Encoder:
    weights = torch.load(path, weights_only=True)
    model.load_state_dict(weights, strict=False)
    # So that `save` keeps them.
    model.word.weight.requires_grad = "word.weight" in weights
    return model
