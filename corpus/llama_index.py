"""The corpus as a llama-index retriever: hybrid search over validated passages, for anybody's llama-index pipeline."""

from __future__ import annotations

from typing import Any

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from corpus.library import Library
from corpus.types import Domain, Hit


class LibraryRetriever(BaseRetriever):
    """Gives the library's passages as nodes, with their place and provenance as metadata.

    A node's text is the page's text from `start_char_idx` to `end_char_idx`, byte for byte.
    """

    def __init__(
        self,
        library: Library,
        *,
        k: int = 10,
        domain: Domain | None = None,
        include_unvalidated: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._library = library
        self._k = k
        self._domain = domain
        self._include_unvalidated = include_unvalidated

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._library.search(
            query_bundle.query_str, domain=self._domain, k=self._k, include_unvalidated=self._include_unvalidated
        )
        return [NodeWithScore(node=_node(hit), score=hit.score) for hit in found.hits]


def _node(hit: Hit) -> TextNode:
    passage, document = hit.passage, hit.document
    provenance = document.provenance
    return TextNode(
        id_=passage.id,
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata={
            "document_id": document.id,
            "file": document.file,
            "page": passage.page,
            "title": provenance.title,
            "edition": provenance.edition,
            "headings": " > ".join(passage.headings),
            "domain": document.domain,
            "status": document.status,
            "validated_by": provenance.validated_by,
            "url": provenance.url,
        },
        excluded_embed_metadata_keys=["document_id", "page", "status", "validated_by", "url"],
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=document.id)},
    )
