"""Silence for the libraries: telemetry, analytics and downloads off, in one place, before any of them is imported.

What a person has set in the environment stays as it is.
"""

from __future__ import annotations

import os
import sys

ENVIRONMENT = {
    "ANONYMIZED_TELEMETRY": "False",  # chromadb
    "DISABLE_TELEMETRY": "1",  # huggingface_hub, older name
    "DO_NOT_TRACK": "1",  # whoever honours it
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GUARDRAILS_RUN_SYNC": "true",  # with uvloop each synchronous validation would leak a thread
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else it fetches a price table
    "LITELLM_TELEMETRY": "False",
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime, which calls home from native code
    "OTEL_SDK_DISABLED": "true",  # guardrails and chromadb bring exporters
    "TOKENIZERS_PARALLELISM": "false",  # its threads and a fork do not go together
    "TRANSFORMERS_OFFLINE": "1",
}
"""Variable → the value that keeps its library quiet."""


NOT_IMPORTED = ("rfc3987_syntax",)
"""Optional parts that nothing here uses. This one compiles a grammar of IRIs for a second when jsonschema, which
chromadb and guardrails bring, looks whether it is installed."""


def silence() -> None:
    """Sets every variable that is not set yet. Cheap; call it before importing anything heavy."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    for name in NOT_IMPORTED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # None: importing it raises ImportError
