"""Names of buyers, companies and people put together by chance, so that none is learned by heart.

Any likeness to a real name is an accident of the parts.
"""

from __future__ import annotations

from random import Random

from cidadao_models.records import cnpj_digits_hold

_CITIES = (
    "Santa Rita do Vale", "Boa Esperança", "São Bento", "Ribeirão Claro", "Porto Alto",
    "Nova Aurora", "Serra Branca", "Campo Verde", "Lagoa Nova", "Pedra Azul", "Rio Manso",
    "Alto Alegre", "Bom Jardim", "Monte Belo", "Água Limpa", "Santo Antônio da Mata", "Jatobá",
    "Cachoeira Dourada", "Morro Redondo", "Vila Rica", "Palmeiral", "Três Barras", "Cruzeiro",
    "Ouro Fino", "Barra Mansa", "Capim Grosso", "São José dos Campos Novos", "Itaquara",
)  # fmt: skip
_STATES = (
    ("Minas Gerais", "MG"), ("Bahia", "BA"), ("Pernambuco", "PE"), ("Goiás", "GO"),
    ("Paraná", "PR"), ("Ceará", "CE"), ("Pará", "PA"), ("São Paulo", "SP"),
    ("Santa Catarina", "SC"), ("Mato Grosso", "MT"), ("Rio Grande do Sul", "RS"),
    ("Maranhão", "MA"), ("Piauí", "PI"), ("Espírito Santo", "ES"), ("Rio de Janeiro", "RJ"),
)  # fmt: skip
_AREAS = (
    ("Saúde", "S"), ("Educação", "E"), ("Fazenda", "F"), ("Obras e Infraestrutura", "OI"),
    ("Assistência Social", "AS"), ("Cultura e Turismo", "CT"), ("Segurança Pública", "SP"),
    ("Meio Ambiente", "MA"), ("Administração e Planejamento", "AP"), ("Agricultura", "AG"),
    ("Transportes e Mobilidade", "TM"), ("Esporte e Lazer", "EL"), ("Habitação", "H"),
    ("Ciência, Tecnologia e Inovação", "CTI"), ("Trabalho e Renda", "TR"),
    ("Justiça e Cidadania", "JC"), ("Desenvolvimento Econômico", "DE"),
)  # fmt: skip
_BODIES = (
    "Prefeitura Municipal de {city}", "Município de {city}", "Município de {city}/{uf}",
    "Câmara Municipal de {city}", "Fundo Municipal de {area} de {city}",
    "Secretaria Municipal de {area}", "Secretaria Municipal de {area} de {city}",
    "Secretaria de Estado de {area}", "Secretaria de Estado de {area} de {state}",
    "Secretaria de Estado da {area} - SE{letters}", "SE{letters}/{uf}", "SE{letters}-{uf}",
    "Tribunal de Contas do Estado de {state}", "Tribunal Regional Eleitoral de {state}",
    "Tribunal de Justiça do Estado de {state}", "Defensoria Pública do Estado de {state}",
    "Universidade Federal de {city}", "Instituto Federal de {state} - Campus {city}",
    "Departamento Estadual de Trânsito - DETRAN/{uf}", "DETRAN-{uf}", "DER/{uf}",
    "Departamento de Estradas de Rodagem de {state}", "Companhia de Saneamento de {state} S.A.",
    "Companhia Municipal de Limpeza de {city}", "Serviço Autônomo de Água e Esgoto - SAAE {city}",
    "Hospital Universitário de {city}", "Fundação Hospitalar de {city}",
    "Superintendência Regional de {area} em {city}", "Ministério da {area}",
    "Polícia Militar de {state}", "Corpo de Bombeiros Militar de {state}",
    "Consórcio Intermunicipal de {area} de {city}", "Instituto de Previdência de {city}",
    "Administração Regional de {city}", "{uf}/SE{letters}", "Procuradoria-Geral do Estado - PGE",
    "Agência Reguladora de {area} de {state}", "Conselho Regional de {area}",
    "Empresa Municipal de Urbanização de {city} S/A", "Banco de Fomento de {state} S.A.",
)  # fmt: skip
_ROOTS = (
    "Alvorada", "Horizonte", "Vértice", "Prisma", "Solaris", "Atlântica", "Ipê", "Cerrado", "Norte",
    "Sul", "Líder", "Master", "Delta", "Ômega", "Êxito", "Real", "União", "Progresso", "Aliança",
    "Nova Era", "Primavera", "Rocha", "Pontual", "Central", "Brasilis", "Vitória", "Planalto",
    "Eco", "Tecno", "Multi", "Mega", "Global", "Inova", "Construbem", "Medfar", "Infopar", "RJC",
    "ABX", "MV", "LTS", "GPA", "K2", "3R", "W.S.", "J.P.", "A. C.",
)  # fmt: skip
_TRADES = (
    "Engenharia", "Construções", "Comércio de Alimentos", "Informática", "Serviços Gerais",
    "Distribuidora de Medicamentos", "Transportes", "Produtos Hospitalares", "Vigilância",
    "Locações e Eventos", "Comércio e Serviços", "Indústria e Comércio", "Consultoria",
    "Empreendimentos", "Soluções em Tecnologia", "Produções Artísticas", "Papelaria",
    "Equipamentos de Escritório", "Limpeza e Conservação", "Telecomunicações", "Móveis",
    "Agropecuária", "Gráfica e Editora", "Turismo", "Refrigeração", "Auto Peças", "Seguros",
    "Diagnósticos Laboratoriais", "Comercial", "Importação e Exportação", "Sistemas",
)  # fmt: skip
_SUFFIXES = (
    " LTDA", " Ltda.", " Ltda", " LTDA ME", " LTDA-ME", " ME", " EPP", " LTDA EPP", " LTDA - EPP",
    " EIRELI", " EIRELI - ME", " S/A", " S.A.", " SA", " & Cia Ltda", " e Cia LTDA", " MEI", "",
)  # fmt: skip
_FIRST = (
    "Ana", "Antônio", "Beatriz", "Carlos", "Célia", "Daniel", "Eduarda", "Fábio", "Gilberto",
    "Helena", "Ivone", "João", "José", "Larissa", "Luís", "Márcia", "Maria", "Nelson", "Otávio",
    "Paulo", "Raimunda", "Renato", "Sônia", "Tiago", "Valéria", "Wagner",
)  # fmt: skip
_LAST = (
    "Almeida", "Araújo", "Barbosa", "Cardoso", "Carvalho", "Costa", "Dias", "Fernandes", "Freitas",
    "Gomes", "Lima", "Lopes", "Machado", "Medeiros", "Moraes", "Nunes", "Oliveira", "Pereira",
    "Ramos", "Ribeiro", "Rocha", "Santos", "Silva", "Souza", "Teixeira", "Vieira", "Xavier",
)  # fmt: skip
_ENTITIES = (
    "Associação dos Moradores de {city}", "Instituto {root}", "Fundação {root}",
    "Cooperativa de Trabalho de {city}", "Associação Beneficente {root} de {city}",
    "Centro de Integração {root}", "Consórcio {root}-{other}", "Banco {root} S.A.",
    "Obras Sociais {root}", "Serviço Social da Indústria de {state}",
)  # fmt: skip
_PEOPLE, _ASSOCIATIONS = 0.12, 0.07
"""Shares of people and of associations among the other parties: about those of 10,000 extracts,
told by the words of their names.
"""


def buyer(rng: Random) -> str:
    """A public body."""
    state, uf = rng.choice(_STATES)
    area, letters = rng.choice(_AREAS)
    name = rng.choice(_BODIES).format(
        city=rng.choice(_CITIES), state=state, uf=uf, area=area, letters=letters
    )
    return name.upper() if rng.random() < 0.5 else name


def other_party(rng: Random) -> str:
    """A company, a person or an association."""
    draw = rng.random()
    if draw < _PEOPLE:
        name = person(rng)
    elif draw < _PEOPLE + _ASSOCIATIONS:
        name = _association(rng)
    else:
        name = _company(rng)
    return name.upper() if rng.random() < 0.6 else name


def person(rng: Random) -> str:
    """A person with one or two first names and two or three family names."""
    first = rng.sample(_FIRST, rng.choice((1, 1, 2)))
    last = rng.sample(_LAST, rng.choice((2, 2, 3)))
    link = rng.choice((" ", " ", " da ", " de ", " dos "))
    return " ".join(first) + link + " ".join(last)


def _company(rng: Random) -> str:
    start = rng.choice((rng.choice(_ROOTS), rng.choice(_ROOTS), person(rng), rng.choice(_LAST)))
    trades = rng.sample(_TRADES, rng.choice((1, 1, 1, 2)))
    return start + " " + " e ".join(trades) + rng.choice(_SUFFIXES)


def _association(rng: Random) -> str:
    root, other = rng.sample(_ROOTS, 2)
    city, state = rng.choice(_CITIES), rng.choice(_STATES)[0]
    return rng.choice(_ENTITIES).format(city=city, state=state, root=root, other=other)


def cnpj(rng: Random) -> str:
    """A formatted CNPJ whose check digits hold."""
    root = f"{rng.randrange(10**8):08d}0001"
    pairs = [f"{root}{digits:02d}" for digits in range(100)]
    digits = pairs[int(cnpj_digits_hold(pairs).argmax())]
    return f"{digits[:2]}.{digits[2:5]}.{digits[5:8]}/{digits[8:12]}-{digits[12:]}"
