"""Distils the teachers into a student of few layers: `python -m training.student DATA --teachers teacher-0`.

The student learns the teachers' softened scores (Hinton et al. 2015), their pooled vector, and, where a text has
labels, the labels too. Needs what `training.pool` wrote.
"""

import argparse
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training import e5, examples, network, pool
from training.data import Example
from training.network import HEADS, SLICES
from training.teacher import judge, loss_of

SOFTNESS = 2.0
HEAD_SHARE = {
    "sentiment": 1.0,
    "intent": 0.6,
    "urgency": 0.3,
    "safety": 0.2,
    "disappointed": 0.3,
    "offensive": 0.5,
}


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


def start_from(teacher: network.Encoder, student: network.Encoder, kept: list[int]) -> None:
    """The student begins as some of the teacher's layers, its norm and its heads."""
    for own, index in zip(student.layers, kept, strict=True):
        own.load_state_dict(teacher.layers[index].state_dict())
    student.norm.load_state_dict(teacher.norm.state_dict())
    student.place.data = teacher.place.data.clone()
    student.heads.load_state_dict(teacher.heads.state_dict())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--teachers", nargs="+", default=["teacher-0"])
    parser.add_argument(
        "--keep", type=int, nargs="+", default=[0, 1, 2, 3], help="which layers of the first teacher"
    )
    parser.add_argument("--name", default="student-0")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--most", type=int, default=0, help="only so many texts, for a trial")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    chooser = random.Random(args.seed)
    source = e5.load()
    numbers, cut = network.pruned(source)
    pools = [np.load(network.BUILD / f"pool-{name}.npz") for name in args.teachers]
    wanted = torch.from_numpy(np.mean([p["scores"] for p in pools], axis=0))
    vectors = torch.from_numpy(pools[0]["pooled"].astype(np.float32))
    found = pool.texts(args.data, float(pools[0]["share"]))
    if len(found) != len(wanted):
        raise SystemExit("the pool was made from other data: run training.pool again")
    teacher = network.restore(
        network.Encoder(range(12), numbers, source), network.BUILD / f"{args.teachers[0]}.pt"
    )
    student = network.Encoder(range(len(args.keep)), numbers, source)
    start_from(teacher, student, args.keep)
    del teacher
    chosen = list(range(len(found)))
    if args.most:
        chosen = chooser.sample(chosen, args.most)
    fit(student, cut, [found[index] for index in chosen], wanted[chosen], vectors[chosen], chooser, args)


def fit(
    student: network.Encoder,
    cut: network.Subwords,
    found: list[Example],
    wanted: Tensor,
    vectors: Tensor,
    chooser: random.Random,
    args: argparse.Namespace,
) -> None:
    """Train on all texts together; write the weights and the validation figures after each epoch."""
    rows = [cut.encode(example.text, pool.LONGEST) for example in found]
    _, kept = examples.split(examples.training(args.data))
    body = [p for name, p in student.named_parameters() if p.requires_grad and "heads." not in name]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": args.rate}, {"params": student.heads.parameters(), "lr": 1e-3}],
        weight_decay=0.01,
    )
    steps = args.epochs * (len(rows) // args.size + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.06 * steps), max(0.02, (steps - step) / (0.94 * steps)))
    )
    step, total, began = 0, 0.0, time.process_time()
    for epoch in range(args.epochs):
        for batch in network.batches(rows, args.size, chooser):
            with torch.autocast("cpu", torch.bfloat16):
                said, pooled = student(*network.pad([rows[index] for index in batch]), dropout=0.05)
            said, pooled = said.float(), pooled.float()
            loss = (
                distance(said, wanted[batch])
                + 2.0 * (1 - functional.cosine_similarity(pooled, vectors[batch])).mean()
            )
            loss = loss + 0.3 * loss_of(said, [found[index] for index in batch])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(body, 1.0)
            optimizer.step()
            schedule.step()
            step, total = step + 1, total + loss.item()
            if step % 50 == 0:
                print(
                    f"{step}/{steps} loss {total / 50:.3f} cpu {time.process_time() - began:.0f} s",
                    flush=True,
                )
                total = 0.0
        print("epoch", epoch, judge(student, cut, args.data, kept), flush=True)
        network.save(student, network.BUILD / f"{args.name}.pt")


if __name__ == "__main__":
    main()
