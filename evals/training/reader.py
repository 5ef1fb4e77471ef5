"""Trains the cross-encoder of `corpus.reading` from MiniLM's weights and writes it as int8 ONNX.

One pass over the pairs, binary cross-entropy, AdamW with warm-up and linear decay, batches of like length. About 25
minutes on two cores with bfloat16. The mean of the last layer's token outputs goes through one linear layer.
"""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from evals.training.pairs import Pair

BATCH = 32
RATE = 8e-5
"""Peak learning rate."""
WARM_UP = 200
"""Steps."""
POSITIVE = 1.6
"""Weight of an example that answers; there are twice as many that do not."""
WINDOW = 128
"""Tokens of question and text together in training; when reading, fewer are enough."""
HELD_OUT = 6
"""Per cent of the questions kept for the figures."""


def held_out(pair: Pair) -> bool:
    """Whether the pair is kept from training: by question, so that no question is on both sides."""
    digest = hashlib.md5(pair.question.encode(), usedforsecurity=False).hexdigest()
    return int(digest, 16) % 100 < HELD_OUT


def train(pairs: Sequence[Pair], model_folder: Path, report: Callable[[str], None], *, seed: int = 0) -> Any:
    """The trained network. `model_folder` holds config.json, tokenizer.json and model.safetensors of MiniLM."""
    import torch

    torch.manual_seed(seed)
    rng = random.Random(seed)  # noqa: S311 - shuffling, not secrets
    tokenizer = _tokenizer(model_folder)
    kept = [pair for pair in pairs if not held_out(pair)]
    encoded = tokenizer.encode_batch([(pair.question, pair.text) for pair in kept])
    network = _network(model_folder)
    flat = [parameter for parameter in network.parameters() if parameter.ndim < 2]
    deep = [parameter for parameter in network.parameters() if parameter.ndim >= 2]
    optimiser = torch.optim.AdamW(
        [{"params": deep, "weight_decay": 0.01}, {"params": flat, "weight_decay": 0.0}], lr=RATE
    )
    steps = len(kept) // BATCH
    network.train()
    for step, batch in enumerate(_batches([len(each.ids) for each in encoded], rng), start=1):
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1.0, step / WARM_UP) * max(0.0, 1.0 - (step - 1) / steps)
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(*_tensors([encoded[index] for index in batch]))
        wanted = torch.tensor([float(kept[index].answers) for index in batch])
        weight = torch.where(wanted > 0, POSITIVE, 1.0)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits.float(), wanted, weight=weight)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        if step % 100 == 0:
            report(f"step {step} of {steps}, loss {loss.item():.3f}")
    return network.eval()


def export(network: Any, path: Path) -> None:
    """Write the network as ONNX with int8 weights; inputs as a BERT tokenizer gives them, output `logits` (batch,)."""
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    example = tuple(torch.ones((2, 8), dtype=torch.int64) for _ in range(3))
    names = ["input_ids", "attention_mask", "token_type_ids"]
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        torch.onnx.export(
            network,
            example,
            str(full),
            input_names=names,
            output_names=["logits"],
            dynamic_axes={**{name: {0: "batch", 1: "tokens"} for name in names}, "logits": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(str(full), str(path), weight_type=QuantType.QInt8, per_channel=True)


def _network(folder: Path) -> Any:
    import torch
    from safetensors.torch import load_file
    from transformers import BertConfig, BertModel

    class Network(torch.nn.Module):  # type: ignore[misc]  # torch is not there when types are checked
        def __init__(self) -> None:
            super().__init__()
            config = BertConfig.from_json_file(str(folder / "config.json"))
            config._attn_implementation = "eager"
            self.encoder = BertModel(config, add_pooling_layer=False)
            weights = load_file(str(folder / "model.safetensors"))
            skipped = ("pooler", "position_ids")
            self.encoder.load_state_dict(
                {
                    key.removeprefix("bert."): value
                    for key, value in weights.items()
                    if not any(s in key for s in skipped)
                }
            )
            self.head = torch.nn.Linear(config.hidden_size, 1)

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
            hidden = self.encoder(
                input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
            ).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
            return self.head((hidden * mask).sum(1) / mask.sum(1)).squeeze(-1)

    return Network()


def _tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(WINDOW)
    return tokenizer


def _tensors(encodings: Sequence[Any]) -> list[Any]:
    import torch

    width = max(len(each.ids) for each in encodings)

    def padded(rows: Iterator[Sequence[int]]) -> Any:
        return torch.tensor([[*row, *[0] * (width - len(row))] for row in rows])

    return [
        padded(each.ids for each in encodings),
        padded(each.attention_mask for each in encodings),
        padded(each.type_ids for each in encodings),
    ]


def _batches(lengths: Sequence[int], rng: random.Random) -> Iterator[list[int]]:
    """Indices in random order, but with texts of like length together, so that little is padding."""
    order = list(range(len(lengths)))
    rng.shuffle(order)
    for start in range(0, len(order), BATCH * 24):
        chunk = sorted(order[start : start + BATCH * 24], key=lambda index: lengths[index])
        batches = [chunk[at : at + BATCH] for at in range(0, len(chunk), BATCH)]
        rng.shuffle(batches)
        yield from batches
