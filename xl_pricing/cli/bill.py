"""``xl-pricing bill``: what a log or a bill costs by the rates in force, and whether it agrees."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from fractions import Fraction
from pathlib import Path

import click

from xl_pricing.bills.amounts import read_amount
from xl_pricing.bills.bill_sql import bill_sql
from xl_pricing.bills.billed_rate import RESIDENCY
from xl_pricing.bills.compared import compare
from xl_pricing.bills.plan import SPLIT, Plan, against_plan
from xl_pricing.bills.rates_by_day import prices_of
from xl_pricing.bills.reading import Reading
from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.row import Row
from xl_pricing.bills.rule import Given as Told
from xl_pricing.bills.rule import Rule
from xl_pricing.bills.told_sql import BY_METER, DIALECTS, by_meter
from xl_pricing.bills.total import OF_SERIES, SPLITS, USD, Totals
from xl_pricing.cli.bill_drawn import draw_bill
from xl_pricing.cli.bill_files import Outputs
from xl_pricing.cli.bill_report import Bill, bill_of, complaint_of
from xl_pricing.cli.bill_workbook import read_into, write_bill
from xl_pricing.cli.console import Argument, Given, command, option
from xl_pricing.cli.plan_file import read_plan_file
from xl_pricing.cli.progress import counted
from xl_pricing.errors import InvalidValueError, XlPricingError
from xl_pricing.estimation.image import TIERS
from xl_pricing.functions.arguments import read_model, tier_word
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.day import today
from xl_pricing.rates.refresh.store import active_card
from xl_pricing.rates.rows import read_date
from xl_pricing.words import quoted, unknown
from xl_pricing.written import plainly, readings

_BY = ("model", "day", "tier")
OF_BILL = ("model", "day")
"""What is summed by beside a bill, which does not tell the tier."""


def _print_sql(context: click.Context, _: click.Parameter, engine: str | None) -> None:
    """Print the bill as a query by the rates in force, in UTC; files are not asked for then."""
    if engine is None or context.resilient_parsing:
        return
    if engine not in DIALECTS:
        raise InvalidValueError(unknown("sql", engine, tuple(DIALECTS)))
    click.echo(f"{bill_sql('usage', by_meter(), engine, prices_of(active_card()), today())};")
    context.exit()


@command("xl-pricing bill usage.json costs.json", draw_bill, complaint_of)
@click.argument(
    "files",
    cls=Argument,
    forms="FILE...",
    said="Logs, exports and bills: files, folders or patterns, of any known shape.",
    required=True,
)
@option("model", "Model of rows that name none.")
@option("tier", "standard or batch, for rows that tell none. If omitted, standard.")
@click.option("--from", "first", metavar="DAY", help="First day in UTC, such as 2026-11-01.")
@click.option("--to", "last", metavar="DAY", help="Last day in UTC, which still counts.")
@click.option(
    "--sql",
    metavar="ENGINE",
    is_eager=True,
    expose_value=False,
    callback=_print_sql,
    help="duckdb or spark: print a query instead, for a table named usage with the columns "
    f"{', '.join(BY_METER)}; day, model and a meter are needed. Its session is in UTC.",
)
@option(
    "by",
    f"What to sum by: {', '.join(SPLITS)}; several with commas. If omitted, "
    "model,day, and tier without a bill.",
)
@option("billed", "Amount of the invoice in USD, for usage alone or beside the costs.")
@option("tolerance", "USD by which a line may be off and still be rounded.")
@option("uplift", "What all rates are multiplied by as agreed: residency (1.1), or such as 0.85.")
@option("currency", "Another currency of amounts in the files, such as EUR; needs --rate.")
@option("rate", "How much of that currency one USD is.")
@click.option(
    "--plan",
    "plan_file",
    metavar="FILE",
    help="A plan to compare with: a workbook, lines of a campaign as CSV, or JSON as budget "
    "--json prints it.",
)
@option("accepted", "Finals that were accepted, which no bill tells: for --plan.")
@option("generations", "Images that were made, where not every row tells: for --plan.")
@option("only", "Only rows of these models or tiers, several with commas.")
@click.option("--csv", "csv_file", metavar="FILE", help="Write equation and sums as CSV too.")
@click.option("--html", "html_file", metavar="FILE", help="Write one page to read and send too.")
@click.option("--png", "png_file", metavar="FILE", help="Write the waterfall as a picture too.")
@option("into", "Workbook to write, in .xlsx or .xlsm: Actuals filled in, and a sheet Bill.")
@option("old", "With --into: older workbook whose inputs are carried over.", flag="--workbook")
@option("lang", "With --into: en or zh-CN. If omitted, that of --workbook, or en.")
@click.option("--force", is_flag=True, help="Overwrite files that are already there.")
def bill(
    files: tuple[str, ...],
    model: Given,
    tier: Given,
    first: Given,
    last: Given,
    by: Given,
    billed: Given,
    tolerance: Given,
    uplift: Given,
    currency: Given,
    rate: Given,
    plan_file: Given,
    accepted: Given,
    generations: Given,
    only: Given,
    csv_file: Given,
    html_file: Given,
    png_file: Given,
    into: Given,
    old: Given,
    lang: Given,
    *,
    force: bool,
) -> Bill:
    """Price logs and bills row by row, and say whether they agree.

    Each file is known by its fields, whatever its name: answers and events of the API, logs,
    exports of usage and costs, gateways' logs, bills of Azure and FOCUS; JSON, JSON lines, CSV, gz.
    With --into the answer stands in a new workbook too: its Actuals hold a row a day, model, size
    and quality, so that what was measured serves its Worksheet, and its sheet Bill says why the
    bill differs. --from is a day here; --workbook is what --from is in xl-pricing template.
    """
    card = active_card()
    told = Told(read_model(model, card).id if model else None, tier_word(tier) if tier else None)
    chosen = _read_by(by)
    workbook = read_into(into, old, lang, force=force)
    outputs = Outputs({"csv": csv_file, "html": html_file, "png": png_file}, force=force)
    if force and workbook is None and outputs.are_none:
        raise InvalidValueError(
            "--force lets files be replaced; accepted: with --into, --csv, --html or --png"
        )
    days = tuple(read_date(day) if day else None for day in (first, last))
    if days[0] and days[1] and days[0] > days[1]:
        raise InvalidValueError(
            f"from {days[0]} is after to {days[1]}; accepted: the first day first"
        )
    rule = Rule(card, told)
    reading = Reading(files, told.model, rule)
    outputs.spare([*reading.paths.values(), *(Path(name) for name in (plan_file, old) if name)])
    planned = _read_plan(plan_file, old, card)
    if planned is None and (accepted or generations):
        raise InvalidValueError("--accepted and --generations need a plan; accepted: --plan FILE")
    split = dict.fromkeys(("project", *(SPLIT if planned or workbook else ()), *chosen))
    totals = Totals(rule, tuple(n for n in split if n not in {*OF_SERIES, "month"}))
    asked = _amount("billed", billed), _amount("tolerance", tolerance)
    counts = _amount("accepted", accepted), _amount("generations", generations)
    rows = _only(totals.rule, counted(reading, reading.share), _read_only(only, card))
    notes: list[str] = []
    others = _add(totals, _in_usd(rows, currency, _amount("rate", rate), notes), *days)
    notes = [*reading.notes, *notes, *(f"{rows:,} rows {said}" for said, rows in others.items())]
    if not (totals.rows or notes or reading.doubts):
        notes.append("these files tell nothing that was used or billed")
    compared = compare(totals, *asked, _read_uplift(uplift))
    notes += compared.notes
    against = planned and against_plan(
        planned, compared.side, compared.parts, finals=counts[0], generations=counts[1]
    )
    notes += planned.notes if planned else ()
    if by is None and totals.bill.rows:
        chosen = OF_BILL
    answer = bill_of(totals, compared, reading, chosen, notes, against)
    outputs.write(answer)
    if workbook:
        notes += write_bill(workbook, totals, reading, compared, answer, card, against)
    return answer


def _read_plan(plan_file: Given, old: Given, card: RateCard) -> Plan | None:
    """Read the plan; that of an older workbook only where it has one."""
    if plan_file or not old:
        return read_plan_file(Path(plan_file), card) if plan_file else None
    with suppress(XlPricingError):
        plan = read_plan_file(Path(old), card)
        return plan if plan.expected_usd else None
    return None


def _amount(option_: str, told: Given) -> Fraction | None:
    if told is None:
        return None
    try:
        amount = read_amount(told)
    except InvalidValueError:
        ways = " or ".join(dict.fromkeys(map(plainly, readings(told).values())))
        raise InvalidValueError(
            f"{option_} {quoted(told)} is not readable; accepted: {ways or 'an amount, as 12.34'}"
        ) from None
    if amount is None or amount < 0 or (option_ in {"rate", "uplift"} and not amount):
        raise InvalidValueError(f"{option_} {quoted(told)}; accepted: an amount over 0, as 12.34")
    return amount


def _read_only(told: Given, card: RateCard) -> frozenset[str]:
    """Return the ids of models, and tiers, that are asked for."""
    words = [word.strip().lower() for word in told.split(",")] if told else []
    return frozenset(word if word in TIERS else read_model(word, card).id for word in words)


def _only(rule: Rule, rows: Iterable[Row], only: frozenset[str]) -> Iterable[Row]:
    """Leave out rows of other models and tiers."""
    if not only:
        return rows
    tiers, models = only & {*TIERS}, only - {*TIERS}
    of_rows = ((row, rule.series(row.day, row.model, row.tier)) for row in rows)
    return (
        row
        for row, series in of_rows
        if (not models or series.model in models) and (not tiers or series.tier in tiers)
    )


def _read_uplift(told: Given) -> Fraction | None:
    return RESIDENCY if told and told.strip().lower() == "residency" else _amount("uplift", told)


def _in_usd(
    rows: Iterable[Row], currency: Given, rate: Fraction | None, notes: list[str]
) -> Iterable[Row]:
    """Convert amounts of one currency, of which one USD is ``rate``; note where there are none."""
    if (currency is None) != (rate is None):
        raise InvalidValueError("a currency needs its rate; accepted: --currency EUR --rate 0.92")
    if currency is None or rate is None:
        return rows
    return _converted(rows, currency.strip().lower(), rate, notes)


def _converted(
    rows: Iterable[Row], currency: str, rate: Fraction, notes: list[str]
) -> Iterator[Row]:
    count = 0
    for row in rows:
        if row.billed is not None and row.currency == currency != USD:
            count += row.rows
            yield row._replace(billed=row.billed / rate, currency=USD)
        else:
            yield row
    if not count:
        notes.append(f"no amount is in {currency.upper()[:12]}: --rate changed nothing")


def _read_by(by: Given) -> Sequence[str]:
    chosen = [word.strip().lower() for word in by.split(",")] if by else list(_BY)
    for word in chosen:
        if word not in SPLITS:
            raise InvalidValueError(unknown("by", word, SPLITS))
    return chosen


def _add(
    totals: Totals, rows: Iterable[Row], first: date | None, last: date | None
) -> Mapping[str, int]:
    """Add the rows from the first to the last day; return how many others there are, and why."""
    if first is None and last is None:
        totals.add_all(rows)
        return {}
    begin, end, others = first or date.min, last or date.max, Counter[str]()
    left: set[date] = set()
    for row in rows:
        if row.day is None and row.reason not in {Reason.NOT_WHOLE, Reason.NO_DAY}:
            others["without a day are left out"] += row.rows
        elif row.day is not None and not begin <= row.day <= end:
            others["of other days are left out"] += row.rows
            left.add(row.day)
        else:
            totals.add(row)
    if left and not totals.rows:
        raise InvalidValueError(
            f"no row is from {first or 'the first day'} to {last or 'the last'}; "
            f"accepted: days from {min(left)} to {max(left)}, which the files hold"
        )
    return others
