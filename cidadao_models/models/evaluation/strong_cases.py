"""Strong cases of each red flag, planted in honest files, by the flag's id.

What a reader of the flag's name would certainly expect to be told; see the modules named here.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cidadao_models.models.evaluation import strong_awards, strong_bids, strong_contracts
from cidadao_models.models.evaluation.honest_contracts import World, contracts
from cidadao_models.models.evaluation.planting import Plant, Planted

HOST = World("host", 4_000, 8, 60, (2022, 2025))
NEVER_EQUAL = World("host of other prices", 4_000, 8, 60, (2022, 2025), equal=0.02)
FEW = World("host of few columns", 4_000, 12, 60, (2018, 2025), layout="few")
EXTRACTS = World("host of extracts", 4_000, 8, 60, (2022, 2025), layout="extract")

IN_CONTRACTS: Mapping[str, tuple[World, Plant]] = {
    "dispensa_acima_do_limite": (HOST, strong_awards.above_limit),
    "dispensa_logo_abaixo_do_limite": (HOST, strong_awards.just_below),
    "dispensas_repetidas_ao_fornecedor": (HOST, strong_awards.repeated_awards),
    "dispensa_sem_fundamento": (HOST, strong_awards.without_basis),
    "fundamento_incoerente": (HOST, strong_awards.inconsistent_basis),
    "emergencia_acima_do_prazo": (HOST, strong_awards.long_emergency),
    "emergencia_repetida": (HOST, strong_awards.repeated_emergency),
    "proposta_unica": (HOST, strong_awards.single_bids),
    "prazo_de_publicacao_curto": (HOST, strong_awards.short_call),
    "valor_igual_ao_estimado": (NEVER_EQUAL, strong_awards.equal_estimate),
    "desconto_incomum": (HOST, strong_awards.odd_discount),
    "muitos_aditivos": (HOST, strong_contracts.many_amendments),
    "aditivo_logo_apos_assinatura": (HOST, strong_contracts.early_amendment),
    "prazo_acima_do_limite": (HOST, strong_contracts.long_term),
    "assinatura_em_dia_nao_util": (HOST, strong_contracts.not_a_working_day),
    "publicacao_apos_inicio": (EXTRACTS, strong_contracts.late_publication),
    "objeto_generico": (FEW, strong_contracts.vague_object),
    "valor_redondo": (HOST, strong_contracts.round_value),
    "preco_unitario_acima_dos_pares": (HOST, strong_contracts.unit_price),
    "documento_de_nomes_diferentes": (HOST, strong_contracts.two_names),
    "fornecedor_sancionado": (HOST, strong_contracts.sanctioned),
    "empresa_recem_aberta": (HOST, strong_contracts.newly_opened),
    "empresa_inativa_na_data": (HOST, strong_contracts.inactive),
    "fornecedor_dominante": (HOST, strong_contracts.dominant),
    "fornecedor_de_objetos_dispares": (HOST, strong_contracts.all_trades),
    "corrida_de_fim_de_ano": (HOST, strong_contracts.year_end_rush),
}
"""Flag id: the honest file that hosts its cases, and how they are planted."""


def planted(flag_id: str, seed: int = 0) -> Planted:
    """A file with strong cases of one flag. KeyError when no way to plant it is known."""
    rng = np.random.default_rng(seed + 1)
    if flag_id in strong_bids.IN_BIDS:
        return strong_bids.planted(flag_id, seed)
    world, plant = IN_CONTRACTS[flag_id]
    return plant(contracts(world, seed), rng)


def known() -> tuple[str, ...]:
    """Flags that can be planted."""
    return (*IN_CONTRACTS, *strong_bids.IN_BIDS)
