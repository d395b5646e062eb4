"""Distils the teachers into a student of few layers: `python -m training.student DATA --teacher teacher-0`.

The student reads words, not pieces (`entendu.reading.subwords.Subwords.groups`): half as many vectors to compute. It
learns the teachers' softened scores (Hinton et al. 2015), their pooled vector, and, where a text has labels, the
labels too. Needs what `training.pool` wrote.
"""

import argparse
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training import e5, examples, network, pool, words
from training.data import Example
from training.network import HEADS, SLICES
from training.teacher import REPEATED, Average, judge, loss_of

SOFTNESS = 2.0
HEAD_SHARE = {
    "sentiment": 1.0,
    "intent": 1.0,
    "urgency": 0.6,
    "safety": 0.3,
    "disappointed": 0.3,
    "offensive": 0.5,
}
CARE = ("written", "ours", "services")


@dataclass(frozen=True)
class Lesson:
    """Texts with what the teachers say of them; `shown` are the places that one pass shows, some of them twice."""

    found: list[Example]
    rows: list[network.Row]
    scores: Tensor
    vectors: Tensor
    shown: list[int]


def distance(said: Tensor, wanted: Tensor) -> Tensor:
    """Divergence of the student's softened answers from the teachers', over all heads."""
    total = said.new_zeros(())
    for head, labels in HEADS.items():
        left, right = said[:, SLICES[head]] / SOFTNESS, wanted[:, SLICES[head]] / SOFTNESS
        if len(labels) == 1:
            part = functional.binary_cross_entropy_with_logits(left, right.sigmoid())
        else:
            part = functional.kl_div(left.log_softmax(1), right.softmax(1), reduction="batchmean")
        total = total + HEAD_SHARE[head] * SOFTNESS**2 * part
    return total


def begin(
    numbers: list[int],
    source: e5.Source,
    teacher: str,
    kept: list[int],
    inner: int,
    rows: list[network.Row],
) -> network.Encoder:
    """The student as some of the teacher's layers, its norm and its heads, with each layer's `inner` neurons that
    weigh most on a sample of texts (mean size of what they give times the length of what they add).
    """
    whole = network.restore(network.Encoder(range(12), numbers, source), network.BUILD / f"{teacher}.pt")
    student = network.Encoder(kept, numbers, source)
    for own, index in zip(student.layers, kept, strict=True):
        own.load_state_dict(whole.layers[index].state_dict())
    student.heads.load_state_dict(whole.heads.state_dict())
    del whole
    sizes = [torch.zeros(len(layer.up.bias)) for layer in student.layers]

    def watch(at: int) -> None:
        def hook(_module: object, _inputs: object, said: Tensor) -> None:
            sizes[at] += functional.gelu(said.detach().float()).abs().sum((0, 1))

        hooks.append(student.layers[at].up.register_forward_hook(hook))

    hooks: list[torch.utils.hooks.RemovableHandle] = []
    for at in range(len(kept)):
        watch(at)
    network.outputs(student, rows)
    for hook in hooks:
        hook.remove()
    for size, layer in zip(sizes, student.layers, strict=True):
        weight = size * layer.down.weight.detach().norm(dim=0)
        layer.narrow(weight.topk(inner).indices.sort().values)
    return student


def some(found: list[Example], count: int, chooser: random.Random) -> list[int]:
    """Places of `count` texts: all of those that care is about, and of the others what there is room for."""
    first = [index for index, example in enumerate(found) if example.source in CARE]
    rest = sorted(set(range(len(found))) - set(first))
    return first + chooser.sample(rest, max(0, count - len(first)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--teacher", default="teacher-0", help="whose layers it begins with")
    parser.add_argument("--goes-on", help="a student that learns on, instead of one that begins")
    parser.add_argument("--care", type=int, default=0, help="how often to show the texts that care is about")
    parser.add_argument("--keep", type=int, nargs="+", default=[0, 3, 6, 9], help="which of these layers")
    parser.add_argument("--inner", type=int, default=768)
    parser.add_argument("--name", default="student-0")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--passes", type=int, default=2)
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--pieces", action="store_true", help="read pieces, to compare")
    parser.add_argument(
        "--labels", type=float, default=0.5, help="weight of the labels beside what the teachers say"
    )
    parser.add_argument("--vectors", type=float, default=2.0, help="weight of the teachers' pooled vectors")
    parser.add_argument(
        "--words", type=float, default=0.0, help="rate at which the word vectors learn; 0: as they came"
    )
    parser.add_argument("--most", type=int, default=0, help="only so many texts, for a trial")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    chooser = random.Random(args.seed)
    source = e5.load()
    numbers, cut = network.pruned(source)
    found, scores, vectors = pool.said(args.data)
    encode = cut.encode if args.pieces else cut.groups
    rows = [encode(example.text, pool.LONGEST) for example in found]
    if args.goes_on:
        student = network.restore(
            network.Encoder(args.keep, numbers, source, args.inner), network.BUILD / f"{args.goes_on}.pt"
        )
    else:
        student = begin(numbers, source, args.teacher, args.keep, args.inner, rows[::150])
    chosen = some(found, args.most or len(found), chooser)
    # Real French is a tenth of the pool and half of the work.
    times = [
        max(2 if pool.is_french(e) and e.source != "mixed" else 1, REPEATED.get(e.source, 1)) for e in found
    ]
    if args.care:
        times = [args.care if example.source in CARE else 1 for example in found]
    lesson = Lesson(
        found,
        rows,
        torch.from_numpy(scores),
        torch.from_numpy(vectors.astype(np.float32)),
        [index for index in chosen for _ in range(times[index])],
    )
    _, kept = examples.split(examples.training(args.data))
    if args.words:
        student.word = words.Words(student.word.weight)
    fit(student, lesson, chooser, args, lambda: judge(student, encode, args.data, kept))


def fit(
    student: network.Encoder,
    lesson: Lesson,
    chooser: random.Random,
    args: argparse.Namespace,
    judged: Callable[[], dict[str, float]],
) -> None:
    """Train on all texts together; after each pass write the mean of the weights and the validation figures."""
    body = [
        p
        for name, p in student.named_parameters()
        if p.requires_grad and not name.startswith(("heads.", "word."))
    ]
    head = list(student.heads.parameters())
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": args.rate}, {"params": head, "lr": 2 * args.rate}],
        weight_decay=0.01,
        fused=True,
    )
    shown, rows = lesson.shown, lesson.rows
    steps = args.passes * (len(shown) // args.size + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.06 * steps), max(0.01, (steps - step) / (0.94 * steps)))
    )
    # Only the words of a batch move.
    vectors = torch.optim.SparseAdam([student.word.weight], lr=args.words) if args.words else None
    average = Average(body + head, 1 - 12 / steps)
    step, total, began = 0, 0.0, time.process_time()
    for one in range(args.passes):
        for batch in network.batches([rows[index] for index in shown], args.size, chooser):
            chosen = [shown[at] for at in batch]
            with torch.autocast("cpu", torch.bfloat16):
                said, pooled = student(*network.pad([rows[index] for index in chosen]), dropout=0.0)
            said, pooled = said.float(), pooled.float()
            apart = 1 - functional.cosine_similarity(pooled, lesson.vectors[chosen])
            loss = distance(said, lesson.scores[chosen]) + args.vectors * apart.mean()
            loss = loss + args.labels * loss_of(said, [lesson.found[index] for index in chosen])
            optimizer.zero_grad(set_to_none=True)
            student.word.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(body, 1.0)
            optimizer.step()
            if vectors:
                vectors.param_groups[0]["lr"] = args.words * optimizer.param_groups[0]["lr"] / args.rate
                vectors.step()
            schedule.step()
            average.add()
            step, total = step + 1, total + loss.item()
            if step % 100 == 0:
                spent = time.process_time() - began
                print(f"{step}/{steps} loss {total / 100:.3f} cpu {spent:.0f} s", flush=True)
                total = 0.0
        average.swap()
        print("pass", one, judged(), flush=True)
        network.save(student, network.BUILD / f"{args.name}.pt")
        average.swap()


if __name__ == "__main__":
    main()
