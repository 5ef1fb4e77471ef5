"""The cross-encoder: MiniLM with three small heads, and its export.

Outputs for a claim or question and its evidence: `logits` (batch, 4), of which the first three say supported,
contradicted, unsupported (for a claim) and the last whether the evidence answers (for a question); and `marks` (batch,
tokens), for each token of the claim how strongly it is one that the evidence does not give.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

TOKENS = 256
"""Of claim and evidence together; the evidence's end is cut."""
NAMES = ("input_ids", "attention_mask", "token_type_ids")


def network(folder: Path) -> Any:
    """MiniLM with fresh heads. `folder` holds its config.json and model.safetensors."""
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
            self.encoder.load_state_dict(
                {key: each for key, each in weights.items() if "pooler" not in key}, strict=False
            )
            width = config.hidden_size
            self.pool = torch.nn.Linear(2 * width, width)
            self.head = torch.nn.Linear(width, 4)
            self.mark = torch.nn.Linear(width, 1)
            # The words' meanings are settled; with few examples they would only be bent.
            self.encoder.embeddings.word_embeddings.weight.requires_grad_(False)

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> tuple[Any, Any]:
            hidden = self.encoder(
                input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
            ).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * mask).sum(1) / mask.sum(1)
            pooled = torch.nn.functional.gelu(self.pool(torch.cat([hidden[:, 0], mean], dim=-1)))
            return self.head(pooled), self.mark(hidden).squeeze(-1)

    return Network()


def tokenizer(folder: Path) -> Any:
    """MiniLM's, which cuts the longer of the two: the evidence."""
    from tokenizers import Tokenizer

    found = Tokenizer.from_file(str(folder / "tokenizer.json"))
    found.no_padding()
    found.enable_truncation(TOKENS)
    return found


def export(trained: Any, path: Path) -> None:
    """Write it as ONNX with int8 weights; inputs as a BERT tokenizer gives them, outputs `logits` and `marks`."""
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    example = tuple(torch.ones((2, 8), dtype=torch.int64) for _ in NAMES)
    axes = {name: {0: "batch", 1: "tokens"} for name in (*NAMES, "marks")}
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        torch.onnx.export(
            trained.eval(),
            example,
            str(full),
            input_names=list(NAMES),
            output_names=["logits", "marks"],
            dynamic_axes={**axes, "logits": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(str(full), str(path), weight_type=QuantType.QInt8, per_channel=True)
