"""The kinds of insurance on patents: what each counts, which costs it covers, and which evidence a claim needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Unit = Literal["patents", "declared", "loan"]
"""What the exposure counts: insured patents, a number that the holder declares (files, products), or one loan."""
ITEMS = ("investigation_fen", "legal_fen", "loss_fen")
PAPERS = (
    "case_acceptance", "invoice", "judgment", "loss_proof", "statement_of_claim", "invalidation_notice", "foreign_case", "error_proof",
    "license_contract", "dunning", "other",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`items`: the costs of a claim that are covered; `evidence`: papers without which no claim is granted; `owned`: patents of the holder."""

    code: str
    unit: Unit
    items: tuple[str, ...]
    evidence: tuple[str, ...]

    @property
    def owned(self) -> bool:
        """Whether the insured names patents of its own."""
        return self.unit == "patents"


KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        # Investigation and legal cost once the case is accepted (Beijing pilot, PICC 2022).
        Kind(code="enforcement_cost", unit="patents", items=("investigation_fen", "legal_fen"), evidence=("case_acceptance", "invoice")),
        Kind(code="infringement_loss", unit="patents", items=("loss_fen",), evidence=("judgment", "loss_proof")),
        Kind(code="infringement_liability", unit="declared", items=("legal_fen", "loss_fen"), evidence=("statement_of_claim", "judgment")),
        Kind(code="invalidation_cost", unit="patents", items=("legal_fen",), evidence=("invalidation_notice", "invoice")),
        Kind(code="pledge_guarantee", unit="loan", items=("loss_fen",), evidence=()),
        Kind(code="overseas", unit="patents", items=("investigation_fen", "legal_fen", "loss_fen"), evidence=("foreign_case", "invoice")),
        Kind(code="agency_errors", unit="declared", items=("loss_fen",), evidence=("error_proof", "loss_proof")),
        Kind(code="license_credit", unit="patents", items=("loss_fen",), evidence=("license_contract", "dunning")),
    )
}
"""Kinds of capital.md §6; the evidence of pledge_guarantee is the default in the loan's own record."""
