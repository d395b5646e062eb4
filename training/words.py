"""Word vectors in 4 bits, as the source ships them and as `entendu.reading.encoder.unpack` reads them."""

import numpy as np
import torch
from torch import Tensor, nn

BLOCK = 32


def packed(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(nibbles, scales in 16 bits) of (rows, width) numbers, block by block: the one that is farthest from zero is -8
    times the scale. What was packed once is packed again without loss.
    """
    blocks = matrix.reshape(len(matrix), -1, BLOCK)
    farthest = np.take_along_axis(blocks, np.abs(blocks).argmax(2)[:, :, None], 2)
    scales = (farthest / -8).astype(np.float16)
    steps = scales.astype(np.float32)
    values = np.clip(np.rint(blocks / np.where(steps == 0, 1, steps)) + 8, 0, 15).astype(np.uint8)
    nibbles = values[:, :, : BLOCK // 2] | values[:, :, BLOCK // 2 :] << 4
    return nibbles.reshape(len(matrix), -1), scales[:, :, 0]


class Words(nn.Embedding):
    """Vectors of pieces that learn, and are read in 4 bits all the while: so packing them at the end loses nothing."""

    def __init__(self, matrix: Tensor) -> None:
        super().__init__(*matrix.shape, _weight=matrix.detach().clone(), sparse=True)

    def forward(self, numbers: Tensor) -> Tensor:
        found = super().forward(numbers)
        # What rounding does has no slope: the gradient passes as if it were not there (Bengio et al. 2013).
        return found + (rounded(found.detach()) - found.detach())


def rounded(found: Tensor) -> Tensor:
    """Vectors, (…, width), as they come out of packing."""
    blocks = found.reshape(*found.shape[:-1], -1, BLOCK)
    farthest = blocks.gather(-1, blocks.abs().argmax(-1, keepdim=True))
    steps = (farthest / -8).half().float()
    values = (blocks / torch.where(steps == 0, 1.0, steps)).round().clamp(-8, 7)
    return (values * steps).reshape(found.shape)
