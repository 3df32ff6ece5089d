"""Command line: analyse files, serve the page and the API, list the flags, remake weights, measure.

Parses arguments and prints; everything heavy is imported by the command that needs it.
"""

from __future__ import annotations

import argparse
import importlib.util
import logging
import math
import os
import signal
import sys
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from cidadao_models import __version__
from cidadao_models.errors import CidadaoError, InputError

if TYPE_CHECKING:
    from cidadao_models.findings import Report

DONE, BAD_INPUT = 0, 2

DEFAULT_HOST, DEFAULT_PORT = "0.0.0.0", 7860
"""Where a Space expects its app."""

TOP_FINDINGS = 10
"""Findings printed on the terminal; the report file has all of them."""

WRITERS = {".html": "to_html", ".xlsx": "to_xlsx", ".csv": "to_csv", ".json": ""}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit status: 0 done, 2 bad input, said in one line."""
    # The Hub's client would tell the Hub what else is installed and running here.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        options = _parser().parse_args(arguments)
        status: int = options.run(options)
    except CidadaoError as error:
        print(f"erro: {error.message} {error.hint}".replace("\n", " "), file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        # The reader of our output (`| head`) has seen enough; nothing is left to tell it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    return status


def serve(host: str | None = None, port: int | None = None) -> int:
    """Serve the page and REST on one port until SIGTERM or Ctrl-C.

    Unset, the address comes from GRADIO_SERVER_NAME and GRADIO_SERVER_PORT.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("cidadao_models").setLevel(logging.INFO)
    from cidadao_models.deployment import huggingface
    from cidadao_models.inference.api_server import create_api, launch_kwargs
    from cidadao_models.inference.jobs import (
        analyze_bounded,
        patterns_bounded,
        spectral_bounded,
    )
    from cidadao_models.inference.lanes import isolated
    from cidadao_models.ui import build_page, launch_options

    api = create_api()
    service = api.state.service
    limits = service.settings.limits
    analyze = partial(isolated, analyze_bounded, limits=limits)
    patterns = partial(isolated, patterns_bounded, limits=limits)
    spectral = partial(isolated, spectral_bounded, limits=limits)
    page = build_page(
        health=service.health, limits=limits, analyze=analyze, patterns=patterns,
        spectral=spectral, text=service.standing.call,
    )  # fmt: skip
    address = host or os.environ.get("GRADIO_SERVER_NAME") or DEFAULT_HOST
    number = port or _port(os.environ.get("GRADIO_SERVER_PORT", ""))
    try:
        page.launch(
            **launch_options(limits),
            server_name=address,
            server_port=number,
            app_kwargs=launch_kwargs(api),
            mcp_server=importlib.util.find_spec("mcp") is not None,
            prevent_thread_lock=True,
        )
    except OSError:
        raise InputError(
            f"O endereço {address}:{number} não está livre.",
            hint="Escolha outra porta com --port ou GRADIO_SERVER_PORT.",
        ) from None
    threading.Thread(target=service.warm_up, name="warm-up", daemon=True).start()
    huggingface.start(then=service.warm_up)
    page.block_thread()
    service.close()
    return DONE


def _interrupt(number: int, frame: object) -> NoReturn:
    """SIGTERM ends the server the way Ctrl-C does: connections closed, workers stopped."""
    raise KeyboardInterrupt


def _port(text: str) -> int:
    if not text:
        return DEFAULT_PORT
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65_536):
        raise InputError(f"A porta {text!r} não existe.", hint="Use um número de 1 a 65535.")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m cidadao_models", description=__doc__ and _DESCRIPTION)
    parser.add_argument("--version", action="version", version=__version__, help=_VERSION_HELP)
    commands = parser.add_subparsers(title="comandos", metavar="COMANDO", required=True)

    analyze = commands.add_parser("analyze", help="analisar arquivos de gastos públicos")
    analyze.add_argument("files", nargs="+", metavar="ARQUIVO", help="CSV, XLSX, ODS, JSON, ZIP…")
    analyze.add_argument(
        "--threshold",
        type=_threshold,
        default=0.7,
        metavar="NOTA",
        help="nota a partir da qual um registro é mostrado, de 0 a 1 (padrão: 0.7)",
    )
    analyze.add_argument(
        "--output",
        type=Path,
        metavar="RELATÓRIO",
        help="gravar o relatório em .html, .xlsx, .csv ou .json",
    )
    analyze.add_argument(
        "--sanctions",
        metavar="LISTA",
        help="procurar os fornecedores nesta lista de sanções (CEIS ou CNEP)",
    )
    analyze.set_defaults(run=_analyze)

    server = commands.add_parser("serve", help="servir a página e a API")
    server.add_argument("--host", metavar="ENDEREÇO", help="padrão: GRADIO_SERVER_NAME ou 0.0.0.0")
    server.add_argument(
        "--port", type=_port, metavar="PORTA", help="padrão: GRADIO_SERVER_PORT ou 7860"
    )
    server.set_defaults(run=lambda options: serve(options.host, options.port))

    flags = commands.add_parser("flags", help="listar os sinais verificados, em Markdown")
    flags.add_argument("--table", action="store_true", help="só a tabela: nome, sinal e norma")
    flags.add_argument(
        "--readme", type=Path, metavar="ARQUIVO", help="refazer a tabela dentro deste documento"
    )
    flags.set_defaults(run=_flags)

    _add_weights(commands.add_parser("weights", help="ver, trazer, publicar ou refazer os pesos"))

    benchmark = commands.add_parser("benchmark", help="medir velocidade e acerto")
    benchmark.add_argument("--suite", metavar="NOME", help="só este conjunto de medidas")
    benchmark.add_argument("--quick", action="store_true", help="entradas menores")
    benchmark.add_argument("--output", type=Path, metavar="ARQUIVO", help="onde gravar o JSON")
    benchmark.add_argument(
        "--card", action="store_true", help="gravar as medidas de textos no cartão dos pesos"
    )
    benchmark.set_defaults(run=_benchmark)
    return parser


def _add_weights(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(title="ações", metavar="AÇÃO", required=True)
    status = actions.add_parser("status", help="dizer quais estão em uso e se estão inteiros")
    status.set_defaults(run=_weights_status)
    pull = actions.add_parser("pull", help="trazer do Hub, conferir e guardar em cache")
    pull.add_argument("--repo", metavar="REPOSITÓRIO", help="padrão: CIDADAO_MODEL_REPO")
    pull.add_argument(
        "--revision", metavar="COMMIT", help="padrão: CIDADAO_MODEL_REVISION, ou o mais novo"
    )
    pull.set_defaults(run=_weights_pull)
    publish = actions.add_parser("publish", help="enviar ao Hub um conjunto inteiro")
    publish.add_argument("--repo", required=True, metavar="REPOSITÓRIO", help="usuário/nome")
    publish.add_argument(
        "--branch", "--revision", default="main", metavar="RAMO", help="padrão: main"
    )
    publish.add_argument(
        "--folder", type=Path, metavar="PASTA", help="padrão: os pesos embutidos no pacote"
    )
    publish.set_defaults(run=_weights_publish)
    train = actions.add_parser("train", help="refazer os pesos a partir de dados públicos")
    train.add_argument("--data", type=Path, required=True, metavar="PASTA", help="pasta dos dados")
    train.add_argument(
        "--work",
        type=Path,
        default=Path("cidadao-training"),
        metavar="PASTA",
        help="onde as etapas ficam, para continuar depois (padrão: cidadao-training)",
    )
    train.add_argument("--only", choices=("reference", "text"), help="só esta parte")
    train.add_argument(
        "--report-to",
        default="none",
        metavar="NOME",
        help="onde registrar o treino: mlflow, wandb, trackio (padrão: none)",
    )
    train.set_defaults(run=_weights_train)


_DESCRIPTION = (
    "Mostra o que merece uma segunda olhada em registros de gastos públicos, por quê e como "
    "conferir. Indícios não são provas."
)
_VERSION_HELP = "mostrar a versão e sair"


class _Parser(argparse.ArgumentParser):
    """argparse with its fixed sentences in Portuguese."""

    def __init__(self, **options: object) -> None:
        super().__init__(add_help=False, **options)  # type: ignore[arg-type]
        self._positionals.title = "argumentos"
        self._optionals.title = "opções"
        self.add_argument("-h", "--help", action="help", help="mostrar esta ajuda e sair")

    def format_help(self) -> str:
        return super().format_help().replace("usage: ", "uso: ", 1)

    def error(self, message: str) -> NoReturn:
        hint = f"Veja '{self.prog} --help'."
        print(f"erro: argumentos inválidos ({message}). {hint}", file=sys.stderr)
        raise SystemExit(BAD_INPUT)


def _threshold(text: str) -> float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1:
        raise InputError(
            f"--threshold {text!r} não é um número entre 0 e 1.", hint="Use, por exemplo, 0.7."
        )
    return number


def _analyze(options: argparse.Namespace) -> int:
    from cidadao_models.deployment import huggingface

    huggingface.use_kept()
    targets = _targets(options.files, options.output)
    status = DONE
    for name, target in zip(options.files, targets, strict=True):
        try:
            _analyze_one(name, options.threshold, target, options.sanctions)
        except CidadaoError as error:
            print(f"{name}: {error.message} {error.hint}".replace("\n", " "), file=sys.stderr)
            status = BAD_INPUT
    return status


def _targets(files: Sequence[str], output: Path | None) -> list[Path | None]:
    """Where each file's report goes: `output` itself, or numbered by source for several files."""
    if output is None:
        return [None] * len(files)
    if output.suffix.lower() not in WRITERS:
        raise InputError(
            f"O formato {output.suffix or output.name!r} não é conhecido.",
            hint="Use um nome terminado em .html, .xlsx, .csv ou .json.",
        )
    if len(files) == 1:
        return [output]
    return [
        output.with_name(f"{output.stem}-{number}-{Path(name).stem}{output.suffix}")
        for number, name in enumerate(files, start=1)
    ]


def _analyze_one(name: str, threshold: float, target: Path | None, sanctions: str | None) -> None:
    from cidadao_models.analysis import analyze

    hint = "Confira o caminho e o nome do arquivo."
    if not Path(name).is_file():
        raise InputError("Arquivo não encontrado.", hint=hint)
    if sanctions is not None and not Path(sanctions).is_file():
        raise InputError(f"Lista de sanções não encontrada: {sanctions}.", hint=hint)
    report = analyze(name, threshold=threshold, sanctions=sanctions)
    _print_report(name, report)
    if target is not None:
        _write(report, target)
        print(f"  Relatório gravado em {target}")


def _write(report: Report, target: Path) -> None:
    try:
        if writer := WRITERS[target.suffix.lower()]:
            getattr(report, writer)(target)
        else:
            import json

            text = json.dumps(report.to_dict(source="cli"), ensure_ascii=False, allow_nan=False)
            target.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"O relatório não pôde ser gravado em {target} ({error.strerror}).",
            hint="Confira se a pasta existe e se há espaço e permissão para gravar nela.",
        ) from None


def _print_report(name: str, report: Report) -> None:
    from cidadao_models.findings import SEVERITY_LABELS

    print(f"{name}: {report.summary['sentence']}")
    for finding in report.findings[:TOP_FINDINGS]:
        main_reason = finding.main
        label = SEVERITY_LABELS[finding.severity]
        print(f"  registro {finding.row + 1} · {finding.contract_id} · {label}")
        print(f"    {main_reason.title}: {_one_line(main_reason.explanation)}")
    more = len(report.findings) - TOP_FINDINGS
    if more > 0:
        print(f"  … e mais {more}; use --output para gravar todos.")
    for type_, problem in report.issues.items():
        if isinstance(problem, dict):
            print(f"  problema nos dados: {type_} ({problem.get('count')})")
    print("  Indícios não são provas: confira cada um na fonte.")


def _one_line(text: str) -> str:
    """Text without control characters, which a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text)


def _flags(options: argparse.Namespace) -> int:
    from cidadao_models.flags import _catalogue

    if options.readme is None:
        print(_catalogue.table() if options.table else _catalogue.markdown(), end="")
        return DONE
    try:
        made = _catalogue.with_table(options.readme.read_text("utf-8"))
        options.readme.write_text(made, encoding="utf-8")
    except (OSError, ValueError):
        raise InputError(
            f"A tabela não pôde ser refeita em {options.readme}.",
            hint=f"O arquivo precisa ter as linhas {_catalogue.OPENING} e {_catalogue.CLOSING}.",
        ) from None
    print(f"Tabela refeita em {options.readme}")
    return DONE


def _weights_status(options: argparse.Namespace) -> int:
    from cidadao_models.deployment import huggingface
    from cidadao_models.models.core import weights

    huggingface.use_kept()
    status = weights.status()
    print(f"{status.message} Revisão {status.revision or '-'}, manifesto {status.sha256 or '-'}.")
    return DONE if status.loaded else BAD_INPUT


def _weights_pull(options: argparse.Namespace) -> int:
    from cidadao_models.deployment import huggingface

    asked = huggingface.Wanted.from_environment()
    repo = options.repo or asked.repo
    found = huggingface.pull(huggingface.Wanted(repo, (options.revision or asked.commit).lower()))
    same = " (os mesmos que vêm no pacote)" if found.source == "embedded" else ""
    print(f"{repo}, commit {found.commit}: em {found.folder}{same}, manifesto {found.sha256}.")
    return DONE


def _weights_publish(options: argparse.Namespace) -> int:
    from cidadao_models.deployment import publishing

    commit = publishing.publish(options.repo, branch=options.branch, folder=options.folder)
    print(f"Publicado em {options.repo}, ramo {options.branch}, commit {commit}.")
    return DONE


def _weights_train(options: argparse.Namespace) -> int:
    if not options.data.is_dir():
        raise InputError(f"A pasta {options.data} não existe.", hint="Confira o caminho de --data.")
    if options.only != "reference" and importlib.util.find_spec("accelerate") is None:
        raise InputError(
            "Faltam as bibliotecas do treino do modelo de texto.",
            hint="Instale com pip install 'cidadao-ai-models[train]', ou use --only reference.",
        )
    from cidadao_models.models.evaluation.retraining import retrain

    logging.basicConfig(format="%(asctime)s %(message)s")
    logging.getLogger("cidadao_models").setLevel(logging.INFO)
    parts = None if options.only is None else (options.only,)
    path, told = retrain(options.data, options.work, parts=parts, report_to=options.report_to)
    print(f"{told}\nGravado: {path}".lstrip())
    return DONE


def _benchmark(options: argparse.Namespace) -> int:
    if importlib.util.find_spec("sklearn") is None:
        raise InputError(
            "Falta a biblioteca scikit-learn, linha de base das medidas.",
            hint="Instale com pip install -r requirements-dev.txt.",
        )
    from cidadao_models.models.evaluation import benchmark
    from cidadao_models.training.pipelines import WEIGHTS

    if options.suite is not None and options.suite not in benchmark.suite_names():
        raise InputError(
            f"O conjunto {options.suite!r} não existe.",
            hint=f"Use um destes: {', '.join(benchmark.suite_names())}.",
        )
    if options.card and (options.suite != "text" or options.quick):
        raise InputError(
            "O cartão dos pesos leva as medidas inteiras de textos.",
            hint="Use --card com --suite text e sem --quick.",
        )
    return benchmark.run(
        options.suite,
        quick=options.quick,
        output=options.output,
        card=WEIGHTS if options.card else None,
    )


if __name__ == "__main__":
    sys.exit(main())
