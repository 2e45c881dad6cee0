"""What the computed cells of the Plans sheet must hold: every plan's price, the pack, checks."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from fractions import Fraction
from functools import partial

from former import sentence
from former.plan_pack import add_pack, is_number, rounded
from former.values import (
    LIMITS,
    NOT_AVAILABLE,
    Answers,
    known_model,
    require,
    typed_number,
    used_size,
    valid,
)
from workbook_templates.book.words import Words
from workbook_templates.sheets.plans import layout, lines, sheet
from workbook_templates.sheets.plans import lines as said
from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.credits import Charge, Terms, charge, markup
from xl_pricing.estimation.image import QUALITIES
from xl_pricing.functions.values import is_blank
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.rows import Plan, read_date

_REFUSED, _UNKNOWN, _PRICED = tuple(layout.MARKS)


def add_plans(v: Answers, card: RateCard, words: Words) -> None:
    """Add every computed value of the sheet."""
    _add_official_marks(v, card)
    _add_official(v, words)
    names = list(dict.fromkeys(plan.plan.lower() for plan in card.plans))
    for k in range(1, layout.ROOM + 1):
        if k <= len(names):
            _add_line(v, card, words, k, names[k - 1])
        else:
            _add_blank_line(v, k)
    _add_order(v)
    _add_cards(v, words)
    _add_bars(v, words)
    add_pack(v, words)
    v["plans_listed"] = min(len(names), layout.ROOM)
    v["plans_priced_of"] = sentence.shown(words, sheet.OF_ALL, count=v["plans_listed"])
    v["plans_left_out"] = sum(plan.plan.lower() in names[layout.ROOM :] for plan in card.plans)
    v["plans_more"] = words(sheet.MORE) if v["plans_left_out"] else ""
    v["ok_plans_table"] = 1
    v["note_plans_room"] = int(not v["plans_left_out"])


def _per_final(v: Answers, usd: str) -> Fraction:
    require(v.plan_valid)
    return Fraction(getattr(v, usd)) * typed_number(v, "retries_used")


def _add_official_marks(v: Answers, card: RateCard) -> None:
    rule = known_model(v, card).output.rule
    chosen = str(v["quality"]).lower()

    def is_counted(quality: str) -> bool:
        if quality == chosen and is_number(v, "tokens_image_out"):
            return True
        return bool(valid(lambda: rule.counter(quality)(used_size(v)) > 0))

    for quality in QUALITIES:
        taken = v["size_legal"] == 1 and quality in rule.qualities
        mark = _PRICED if taken and is_counted(quality) else _UNKNOWN
        v[f"plans_official_{quality}"] = mark if taken else ""
    taken = is_number(v, "tokens_image_out") or v[f"plans_official_{chosen}"] != ""
    v["plans_quality_taken"] = int(taken)


def _add_official(v: Answers, words: Words) -> None:
    estimated = is_blank(v["measured_tokens"]) and v["basis_tokens"] == "estimate"
    v["plans_official_kind"] = f"{words('tokens, tier ')}{v['tier']}"
    v["plans_official_basis"] = "estimate" if estimated else v["basis_image_out"]
    v.add(
        plans_official_final=lambda: _per_final(v, "token_cost_per_image"),
        plans_official_bill=lambda: v.token_cost_per_image * v.generations_with_buffer,
        plans_official_markup=lambda: markup(v.token_cost_per_image, v.list_cost_per_image),
    )
    if is_number(v, "token_cost_per_image"):
        estimate = words(said.ESTIMATED) if estimated else ""
        v["plans_official_note"] = estimate if v["plan_valid"] else words(said.BAD_PLAN)
    else:
        v["plans_official_note"] = words(_fault_of_tokens(v))


def _fault_of_tokens(v: Answers) -> str:
    """Say why official tokens have no price."""
    if not v["size_legal"]:
        return said.BAD_SIZE
    if not v["spec_valid"]:
        return said.BAD_IMAGE
    if not v["plans_quality_taken"]:
        return said.BAD_QUALITY
    return said.NO_RATE if is_number(v, "tokens_image_out") else said.NO_TOKENS


def _add_line(v: Answers, card: RateCard, words: Words, k: int, name: str) -> None:
    rows = [i for i, plan in enumerate(card.plans, start=1) if plan.plan.lower() == name]
    offered = v["size_legal"] and v["plans_quality_taken"]
    offer = _offer(v, card, name, str(v["quality"]).lower()) if offered else None
    row = next(i for i in rows if card.plans[i - 1] is offer) if offer else 0
    shown = card.plans[(row or rows[0]) - 1]
    terms = offer.terms if offer else Terms()
    v |= {
        f"plans_at_{k}": rows[0],
        f"plans_row_{k}": row,
        **{f"plans_listed_{field}_{k}": usd or 0 for field, usd in terms._asdict().items()},
        f"plans_name_{k}": card.plans[rows[0] - 1].plan,
        f"plans_kind_{k}": words(layout.KINDS[shown.shape]),
        f"plans_basis_{k}": shown.basis,
        f"plans_checked_{k}": shown.checked,
        f"plans_source_{k}": words.data(shown.source),
    }
    _add_money(v, k, partial(charge, terms, lambda: v.list_cost_per_image))
    for quality in QUALITIES:
        v[f"plans_{quality}_{k}"] = _mark(v, card, name, quality)
    v[f"plans_note_{k}"] = words("; ").join(_notes(v, words, k, shown))


def _offer(v: Answers, card: RateCard, name: str, quality: str) -> Plan | None:
    try:
        return card.offer(name, known_model(v, card), used_size(v), quality)
    except XlPricingError:
        return None


def _mark(v: Answers, card: RateCard, name: str, quality: str) -> str:
    """Return whether a plan prices a quality of the model."""
    official = v[f"plans_official_{quality}"]
    if not official:
        return ""
    offer = _offer(v, card, name, quality)
    if offer is None:
        return _REFUSED
    terms = offer.terms
    by_tokens = terms.multiplier and official == _PRICED
    return _PRICED if terms.usd or terms.credits or by_tokens else _UNKNOWN


def _add_money(v: Answers, k: int, charged: Callable[[], Charge]) -> None:
    """Add what the plan's row charges; a plan without credits shows none."""

    def usd() -> Fraction:
        found = charged().usd
        require(found is not None)
        return Fraction(found or 0)

    def credits_() -> Fraction | str:
        require(v[f"plans_row_{k}"])
        if v[f"plans_listed_credits_{k}"]:
            return Fraction(v[f"plans_listed_credits_{k}"])
        found = charged()
        require(found.usd)
        return found.credits or ""

    def of(field: str) -> Fraction:
        return Fraction(getattr(v, f"plans_{field}_{k}"))

    v.add(
        **{
            f"plans_usd_{k}": usd,
            f"plans_credits_{k}": credits_,
            f"plans_final_{k}": lambda: _per_final(v, f"plans_usd_{k}"),
            f"plans_bill_{k}": lambda: of("usd") * v.generations_with_buffer,
            f"plans_markup_{k}": lambda: markup(of("usd"), v.list_cost_per_image),
        }
    )


def _notes(v: Answers, words: Words, k: int, shown: Plan) -> Iterator[str]:
    """Say why a plan has no price, or what its row says."""
    if not is_number(v, f"plans_usd_{k}"):
        yield words(_fault_of_plan(v, k))
    elif not v["plan_valid"]:
        yield words(said.BAD_PLAN)
    else:
        if shown.note:
            yield words.data(shown.note)
        age = timedelta(days=int(LIMITS["rates_age_days"]))
        if read_date(v["price_date"]) - shown.checked > age:
            yield words(said.OLD)


def _fault_of_plan(v: Answers, k: int) -> str:
    if not v["size_legal"]:
        return said.BAD_SIZE
    if not v["plans_quality_taken"]:
        return said.BAD_QUALITY
    if not v[f"plans_row_{k}"]:
        return said.NO_ROW
    if v[f"plans_listed_multiplier_{k}"]:
        return said.NO_BASE
    return said.NO_CREDIT_PRICE if v[f"plans_listed_credits_{k}"] else said.NO_AMOUNT


def _add_blank_line(v: Answers, k: int) -> None:
    v |= {f"plans_{column.name}_{k}": "" for column in lines.COLUMNS}
    v |= {f"plans_{working.name}_{k}": 0 for working in lines.WORKINGS[1:]}


def _add_order(v: Answers) -> None:
    """Add the order by price; of equal prices the earlier plan comes first."""
    lines = range(1, layout.ROOM + 1)
    priced = [k for k in lines if is_number(v, f"plans_final_{k}")]
    for k in lines:
        is_priced = k in priced
        v[f"plans_compared_{k}"] = rounded(v[f"plans_final_{k}"]) if is_priced else ""
        v[f"plans_order_{k}"] = ""
    for order, k in enumerate(_by_price(v, priced), start=1):
        v[f"plans_order_{k}"] = order


def _by_price(v: Answers, lines: Iterable[int]) -> list[int]:
    return sorted(lines, key=lambda k: v[f"plans_compared_{k}"])


def _priced(v: Answers) -> list[int]:
    """Return the lines with a price, the cheapest first."""
    lines = range(1, layout.ROOM + 1)
    return _by_price(v, (k for k in lines if is_number(v, f"plans_order_{k}")))


def _add_cards(v: Answers, words: Words) -> None:
    priced = _priced(v)

    def cheapest(field: str) -> object:
        require(priced)
        return getattr(v, f"plans_{field}_{priced[0]}")

    v["plans_priced"] = len(priced)
    v.add(
        plans_list_final=lambda: _per_final(v, "list_cost_per_image"),
        plans_cheapest=lambda: cheapest("name"),
        plans_cheapest_final=lambda: cheapest("final"),
        plans_cheapest_markup=lambda: cheapest("markup"),
    )
    v.add(plans_chosen_final=lambda: _chosen_final(v))
    v["plans_says"] = _verdict(v, words)


def _chosen_final(v: Answers) -> Fraction:
    require(v.plans_quality_taken)
    return _per_final(v, "plan_usd")


def _verdict(v: Answers, words: Words) -> str:
    if not v["plan_valid"]:
        return words(sheet.BAD_PLAN)
    if not v["plans_priced"]:
        return words(sheet.NONE)
    plan = v["plans_cheapest"]
    if not is_number(v, "plans_official_final"):
        return sentence.shown(words, sheet.ALONE, plan=plan)
    if rounded(v.plans_cheapest_final) < rounded(v.plans_official_final):
        return sentence.shown(words, sheet.LESS, plan=plan)
    return words(sheet.NO_LESS)


def _add_bars(v: Answers, words: Words) -> None:
    official = v["plans_official_final"]
    v["plans_bar_0"] = "" if official == NOT_AVAILABLE else official
    unknown = words(" (not known)") if official == NOT_AVAILABLE else ""
    v["plans_bar_label_0"] = f"{words('Official tokens')}{unknown}"
    blank = (None,) * layout.BARS
    for bar, k in zip(range(1, layout.BARS + 1), (*_priced(v), *blank), strict=False):
        assumed = words(" (assumed)") if k and v[f"plans_basis_{k}"] == "estimate" else ""
        v[f"plans_bar_label_{bar}"] = f"{v[f'plans_name_{k}']}{assumed}" if k else ""
        v[f"plans_bar_{bar}"] = v[f"plans_final_{k}"] if k else ""
