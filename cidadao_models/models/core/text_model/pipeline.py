"""The model as a transformers pipeline: `pipeline("cidadao-act", model=…)` gives what it reads.

Wraps the same reading as `reader`; the rules, the law and the checklist are not in it.
"""

from __future__ import annotations

from typing import Any

from transformers import AutoModel, Pipeline
from transformers.pipelines import PIPELINE_REGISTRY

from cidadao_models.models.core.text_model.reader import TextModel

TASK = "cidadao-act"


class ActPipeline(Pipeline):
    """Text in; `{"act_type", "facts", "legal"}` out, with offsets in characters of the text."""

    def _sanitize_parameters(self, **options: Any) -> tuple[dict, dict, dict]:
        return {}, {}, {}

    def preprocess(self, inputs: str, **_: Any) -> dict[str, Any]:
        return {"text": inputs}

    def _forward(self, model_inputs: dict[str, Any], **_: Any) -> dict[str, Any]:
        backend = self.tokenizer.backend_tokenizer
        return {"reading": TextModel(self.model, backend).read(model_inputs["text"])}

    def postprocess(self, model_outputs: dict[str, Any], **_: Any) -> dict[str, Any]:
        reading = model_outputs["reading"]
        kinds = reading.act_types
        return {
            "act_type": max(kinds, key=kinds.__getitem__),
            "act_types": kinds,
            "facts": [_plain(span) for span in reading.facts],
            "legal": [_plain(span) for span in reading.legal],
        }


def _plain(span: Any) -> dict[str, Any]:
    return {"label": span.label, "start": span.start, "end": span.end, "score": span.score}


PIPELINE_REGISTRY.register_pipeline(TASK, pipeline_class=ActPipeline, pt_model=AutoModel)
