"""The wordings of acts in the gazettes of the Union and of municipalities, in notices and "
"contracts.

Written for this project; `{slots}` are filled by `other_forms`. Holds no fact about anyone.
"""

from __future__ import annotations

from dataclasses import dataclass

Sentence = str | tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """A kind of act, "" for that of the act itself, the facts it cannot do without, and its
    sentences, each left out where the act lacks a fact it names.
    """

    act_type: str
    needs: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    of: tuple[str, ...] = ("extrato_contrato",)
    buys: bool = False


_PARTIES = ("orgao", "contratado", "objeto")

FORMS = (
    Form(
        "extrato_contrato",
        (*_PARTIES, "numero"),
        (
            (
                "EXTRATO DE CONTRATO Nº {numero} - UASG {uasg}\n\n",
                "EXTRATO DE CONTRATO Nº {numero}\n",
                "EXTRATO DO CONTRATO {numero} - UASG {uasg} - ",
            ),
            ("Nº Processo: {processo}.\n", "Processo nº {processo}. "),
            ("{licitacao} Nº {n_licitacao}. ", "Pregão. Nº {n_licitacao}. ", ""),
            (
                "Contratante: {orgao}.\n",
                "Contratante: {orgao}. ",
                "CONTRATANTE: {orgao}.\nCNPJ Contratante: {cnpj_novo}. ",
            ),
            (
                "CNPJ Contratado: {cnpj_novo}. Contratado: {contratado}.\n",
                "Contratado: {cnpj_novo} - {contratado}. ",
                "Contratado : {contratado}. ",
            ),
            ("Objeto: {objeto}.\n", "Objeto: {objeto}. "),
            ("Fundamento Legal: {lei}. ", "Fundamento Legal: {fundamento_legal}. ", ""),
            ("Vigência: {vigencia}. ", "Vigência: {vigencia}.\n"),
            ("Valor Total: {valor}. ", "Valor Total: {valor}. Fonte: {fonte} - 2024NE800123. "),
            (
                "Data de Assinatura: {data}.",
                "Data de Assinatura: {assinado}.",
                "Assinado em: {assinado}. ",
            ),
            (
                "\n\n(SICON - {publicado}) {uasg}-00001-2024NE800001",
                "\n(COMPRASNET 4.0 - {publicado}).",
                "",
            ),
        ),
    ),
    Form(
        "extrato_contrato",
        _PARTIES,
        (
            (
                "ESTADO DO PARANÁ\nEXTRATO DE CONTRATO\n",
                "EXTRATO DO CONTRATO ADMINISTRATIVO Nº {numero}\n",
                "PREFEITURA MUNICIPAL\nSETOR DE LICITAÇÕES\nEXTRATO DE CONTRATO Nº {numero}\n",
                "EXTRATO DE CONTRATO\n",
            ),
            (
                "PROCESSO ADMINISTRATIVO Nº {processo}\n",
                "PROCESSO LICITATÓRIO Nº {processo} - {licitacao} Nº {n_licitacao}\n",
                "",
            ),
            (
                "CONTRATANTE: {orgao}\n",
                "CONTRATANTE: {orgao}, CNPJ nº {cnpj_novo}.\n",
                "ÓRGÃO: {orgao}\n",
            ),
            (
                "CONTRATADA: {contratado}\n",
                "CONTRATADO: {contratado}, inscrita no CNPJ sob o nº {cnpj_novo}.\n",
                "EMPRESA CONTRATADA: {contratado}\n",
            ),
            ("OBJETO: {objeto}.\n", "OBJETO DO CONTRATO: {objeto}\n"),
            ("VALOR: {valor}\n", "VALOR GLOBAL: {valor}\n", "VALOR DO CONTRATO: {valor}.\n"),
            ("VIGÊNCIA: {vigencia}\n", "PRAZO DE VIGÊNCIA: {vigencia}.\n"),
            (
                "DOTAÇÃO ORÇAMENTÁRIA: Unidade {uo}; Elemento de Despesa: {natureza}; Fonte: "
                "{fonte}\n",
                "",
            ),
            ("FUNDAMENTAÇÃO LEGAL: {lei}\n", "AMPARO LEGAL: {fundamento_legal}\n", ""),
            ("DATA DA ASSINATURA: {data}\n", "ASSINATURA: {assinado}\n", ""),
            ("{pessoa}\nPrefeito Municipal", "SIGNATÁRIOS: {pessoa}, pela Contratante.", ""),
        ),
    ),
    Form(
        "aditamento_contrato",
        (*_PARTIES, "numero_aditivo", "numero"),
        (
            (
                "EXTRATO DO {numero_aditivo} TERMO ADITIVO AO CONTRATO Nº {numero}\n",
                "{numero_aditivo} ADITIVO AO CONTRATO {numero}. ",
                "EXTRATO DE TERMO ADITIVO - UASG {uasg}\nNúmero do Contrato: {numero}. ",
            ),
            ("Processo: {processo}. ", "PROCESSO Nº {processo}\n", ""),
            (
                "Contratante: {orgao}. Contratada: {contratado}. ",
                "CONTRATANTE: {orgao}\nCONTRATADA: {contratado}\n",
                "Que entre si celebram {orgao} e a empresa {contratado}. ",
            ),
            ("Objeto: {objeto}. ", "OBJETO: {objeto}\n", "Do objeto do aditivo: {objeto}. "),
            ("Fundamento legal: {fundamento_legal}. ", "Base legal: {lei}. ", ""),
            ("Vigência: {vigencia}. ", "VIGÊNCIA: {vigencia}\n"),
            ("Valor do aditivo: {valor}. ", "VALOR: {valor}\n"),
            ("Data de assinatura: {data}.", "ASSINATURA: {assinado}"),
        ),
        of=("aditamento_contrato",),
    ),
    Form(
        "aviso_licitacao",
        ("orgao", "objeto"),
        (
            (
                "AVISO DE LICITAÇÃO\n{licitacao} Nº {numero_edital} - UASG {uasg}\n",
                "AVISO DE ABERTURA\n{licitacao} nº {numero_edital}\n",
                "{licitacao} Nº {numero_edital}\n",
                "AVISO DE EDITAL - {licitacao} Nº {numero_edital}. ",
            ),
            (
                "A {orgao} torna público que fará realizar licitação na modalidade acima. ",
                "O {orgao}, por meio de seu Pregoeiro, torna"
                " público aos interessados a abertura do certame. ",
                "Órgão: {orgao}. ",
            ),
            ("Objeto: {objeto}. ", "OBJETO: {objeto}.\n", "A licitação destina-se a {objeto}. "),
            ("Processo: {processo}. ", "Processo nº {processo}. ", ""),
            (
                "Valor estimado: {valor}. ",
                "Valor total estimado da contratação: {valor}. ",
                "Valor estimado: sigiloso. ",
            ),
            ("Unidade Orçamentária: {uo}. Natureza da Despesa: {natureza}. Fonte: {fonte}. ", ""),
            (
                "Data e horário da abertura: {abertura}, às {hora}. ",
                "Abertura das propostas: {abertura} às {hora} no site www.gov.br/compras. ",
                "Sessão pública no dia {abertura}, às {hora}. ",
            ),
            (
                "O edital poderá ser retirado no endereço eletrônico do órgão.\n",
                "Edital disponível a partir de {publicado}. ",
                "",
            ),
            ("{pessoa}\nPregoeiro", "{pessoa} - Presidente da Comissão", ""),
        ),
        of=("extrato_contrato", "aditamento_contrato"),
        buys=True,
    ),
    Form(
        "suspensao_licitacao",
        ("orgao", "objeto"),
        (
            (
                "AVISO DE SUSPENSÃO\n{licitacao} Nº {numero_edital}\n",
                "AVISO DE SUSPENSÃO DE LICITAÇÃO\n",
            ),
            (
                "A {orgao} comunica a suspensão, sine die, da licitação {licitacao} nº "
                "{numero_edital}, ",
                "O Pregoeiro da {orgao} torna público que"
                " fica suspensa a licitação {licitacao} nº {numero_edital}, ",
            ),
            "processo {processo}, ",
            ("cujo objeto é {objeto}, ", "que tem por objeto {objeto}, "),
            (
                "para adequação do edital.",
                "por determinação do Tribunal de Contas.",
                "em razão de impugnação apresentada.",
            ),
            ("\n{pessoa}", ""),
        ),
        buys=True,
    ),
    Form(
        "anul_revog_licitacao",
        ("orgao", "objeto"),
        (
            (
                "AVISO DE REVOGAÇÃO\n{licitacao} Nº {numero_edital}\n",
                "AVISO DE ANULAÇÃO\n{licitacao} Nº {numero_edital}\n",
            ),
            (
                "A {orgao} torna público que foi revogada a licitação acima. ",
                "A {orgao} comunica a anulação da licitação {licitacao} nº {numero_edital}. ",
            ),
            ("Objeto: {objeto}. ", "OBJETO: {objeto}.\n"),
            ("Processo: {processo}. ", ""),
            (
                "Motivo: interesse público superveniente. ",
                "Motivo: vício insanável no edital. ",
                "",
            ),
            ("Em {assinado}.\n", ""),
            ("{pessoa}", ""),
        ),
        buys=True,
    ),
    Form(
        "extrato_convenio",
        (*_PARTIES, "numero"),
        (
            (
                "EXTRATO DE CONVÊNIO Nº {numero}\n",
                "EXTRATO DO TERMO DE COOPERAÇÃO TÉCNICA Nº {numero}\n",
                "ESPÉCIE: Convênio nº {numero}. ",
            ),
            ("Processo: {processo}. ", ""),
            (
                "Concedente: {orgao}. Convenente: {contratado}, CNPJ {cnpj_novo}. ",
                "Partícipes: {orgao} e {contratado}. ",
                "CONCEDENTE: {orgao}\nCONVENENTE: {contratado}\n",
            ),
            ("Objeto: {objeto}. ", "OBJETO: {objeto}\n"),
            ("Valor: {valor}. ", "Valor do convênio: {valor}. "),
            ("Vigência: {vigencia}. ", "VIGÊNCIA: {vigencia}\n"),
            ("Data de assinatura: {data}.", "Assinatura: {assinado}."),
        ),
        of=("extrato_convenio",),
    ),
    Form(
        "contrato",
        _PARTIES,
        (
            (
                "CONTRATO Nº {numero} QUE ENTRE SI CELEBRAM {orgao} E A EMPRESA {contratado}\n",
                "TERMO DE CONTRATO\n",
            ),
            (
                "Pelo presente instrumento, {orgao}, inscrito no CNPJ sob o nº {cnpj_novo}, "
                "doravante denominado CONTRATANTE, neste ato"
                " representado por {pessoa}, e a empresa {contratado}, doravante denominada "
                "CONTRATADA, tendo em vista o que consta no"
                " Processo nº {processo} e em observância às disposições da Lei nº 14.133, de "
                "2021, resolvem celebrar o presente Contrato.\n",
                "De um lado, {orgao}, neste ato representado por {pessoa}, e, de outro lado, "
                "{contratado}, CNPJ nº {cnpj_novo}, têm entre si"
                " justo e contratado o que segue:\n",
            ),
            ("CLÁUSULA PRIMEIRA - DO OBJETO\n1.1. {objeto}.\n", "1. DO OBJETO\n{objeto}.\n"),
            (
                "CLÁUSULA SEGUNDA - DO PREÇO\n2.1. O valor total do contrato é de {valor}.\n",
                "2. DO VALOR\nO valor do contrato é de {valor}.\n",
            ),
            (
                "CLÁUSULA TERCEIRA - DA DOTAÇÃO ORÇAMENTÁRIA\n3.1. As despesas correrão à conta "
                "da Unidade Orçamentária {uo}, Natureza da"
                " Despesa {natureza}, Fonte {fonte}.\n",
                "",
            ),
            ("CLÁUSULA QUARTA - DA VIGÊNCIA\n4.1. {vigencia}.\n", "4. DA VIGÊNCIA\n{vigencia}.\n"),
            (
                "CLÁUSULA QUINTA - DAS PENALIDADES\n5.1. O descumprimento sujeita a CONTRATADA "
                "às sanções previstas em lei.\n",
                "",
            ),
            ("CLÁUSULA SEXTA - DO FORO\n6.1. Fica eleito o foro da comarca da CONTRATANTE.\n", ""),
            ("{assinado}.\n{pessoa}",),
        ),
    ),
)
