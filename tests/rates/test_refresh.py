"""What is believed, what is held back, and that a refresh never makes things worse."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from exhaustive import many
from hosts import price_server as ps
from hypothesis import given, settings
from hypothesis import strategies as st
from that_day import THAT_DAY

from xl_pricing.cli.main import main
from xl_pricing.errors import CardError, InvalidValueError, SourceError
from xl_pricing.estimation.image import TIERS
from xl_pricing.functions import pricing
from xl_pricing.rates.audit import audit, official_prices
from xl_pricing.rates.card import RateCard, bundled_card
from xl_pricing.rates.refresh import verdict
from xl_pricing.rates.refresh.refresh import refresh_card
from xl_pricing.rates.refresh.sources import OWN, PUBLIC, Quotes, find_source
from xl_pricing.rates.refresh.store import Store, user_store
from xl_pricing.rates.refresh.verdict import Change, Verdict, judge
from xl_pricing.rates.rows import METERS, Rate

CARD = bundled_card()
DAY = ps.DAY
HEADER = "model,meter,tier,usd_per_mtok,effective_from,source,checked,basis"
Series = tuple[str, str, str]
OUT = ("gpt-image-2", "image_out", "standard")


def quotes(name: str, change: Callable[[Any], None] = lambda _document: None) -> Quotes:
    """Read a source's document, changed."""
    document = ps.published(name)
    change(document)
    return PUBLIC[name].read(json.dumps(document).encode(), DAY)


def own(*rows: str, name: str = "rates.csv") -> Quotes:
    return find_source(name).read("\n".join([HEADER, *rows]).encode(), DAY)


def litellm_says(usd_per_token: float, model: str = "gpt-image-2") -> Callable[[Any], None]:
    return lambda document: document[model].update(output_cost_per_image_token=usd_per_token)


def genai_model(document: Any, model: str) -> dict[str, Any]:
    found: dict[str, Any] = next(m for m in document[0]["models"] if m["id"] == model)
    return found


def genai_says(usd: float, model: str = "gpt-image-2") -> Callable[[Any], None]:
    return lambda document: genai_model(document, model)["prices"].update(output_mtok=usd)


def both(litellm: float, genai: float, *, accept: bool = False) -> Verdict:
    said = [quotes("litellm", litellm_says(litellm)), quotes("genai-prices", genai_says(genai))]
    return judge(CARD, said, DAY, accept=accept)


def usd(card: RateCard, day: date = DAY, series: Series = OUT) -> Decimal:
    model, meter, tier = series
    return card.rate(card.model(model), meter, tier, day).usd_per_mtok


def shown(changes: Any, model: str = "gpt-image-2", meter: str = "image_out") -> list[Change]:
    return [change for change in changes if (change.model, change.meter) == (model, meter)]


# Belief


def test_what_is_known_is_confirmed_and_nothing_else_changes() -> None:
    done = judge(CARD, [quotes("litellm"), quotes("genai-prices")], DAY)
    assert (done.accepted, done.held) == ([], [])
    for before, after in zip(CARD.rates, done.card.rates, strict=True):
        named = "agreed by" in after.source
        assert after.checked == (DAY if named else before.checked)
        assert replace(before, source="", checked=DAY) == replace(after, source="", checked=DAY)
    assert usd(done.card) == 30
    assert done.card.rates[0].source == (
        "developers.openai.com/api/docs/pricing; agreed by LiteLLM and genai-prices"
    )
    assert done.card.models == CARD.models


@pytest.mark.parametrize("price", [33, 27, 299, 3.1])
def test_what_both_say_is_accepted_from_today_on(price: float) -> None:
    done = both(price / 1e6, price)
    assert done.held == []
    assert usd(done.card) == Decimal(str(price))
    assert usd(done.card, DAY - timedelta(days=1)) == 30
    assert usd(done.card, series=("gpt-image-2", "image_out", "batch")) == Decimal(str(price)) / 2
    [batch, standard] = shown(done.accepted)
    assert standard == Change(
        *OUT, Decimal(30), Decimal(str(price)), DAY, "LiteLLM and genai-prices"
    )
    assert batch.source == "LiteLLM (half of standard) and genai-prices (half of standard)"


@pytest.mark.parametrize(
    ("litellm", "genai", "why"),
    [
        (33e-6, 30, "LiteLLM says 33, genai-prices says 30"),
        (33e-6, 34, "LiteLLM says 33, genai-prices says 34"),
        (301e-6, 301, "more than 10 times off what it was"),
        (2.9e-6, 2.9, "more than 10 times off what it was"),
        (30e-6, 30e-6, "LiteLLM says 30, genai-prices says 0.00003; more than 10 times off"),
        (30e-12, 30e-6, "more than 10 times off what it was"),
        (30, 30, "should be less than"),
    ],
)
def test_what_is_in_doubt_is_held_back(litellm: float, genai: float, why: str) -> None:
    if litellm == 30:
        litellm = 0.3
        why = "LiteLLM says 300000, genai-prices says 30; more than 10 times off what it was"
    done = both(litellm, genai)
    held = shown(done.held)[-1]
    assert why in held.why
    assert usd(done.card) == 30
    assert shown(done.accepted) == []


def test_of_two_that_differ_the_higher_is_accepted() -> None:
    for litellm, genai, expected in ((33, 30, 33), (30, 33, 33), (33, 34, 34), (28, 29, 29)):
        assert usd(both(litellm / 1e6, genai, accept=True).card) == expected
    done = both(27e-6, 30, accept=True)
    assert usd(done.card) == 30
    assert (
        "gpt-image-2 image_out standard stays at 30 of two prices; LiteLLM says 27" in done.notes[1]
    )
    [_, held] = shown(both(27e-6, 30).held)
    assert (held.new, held.why) == (27, "LiteLLM says 27, genai-prices says 30")


def test_what_only_one_says_is_held_back_unless_it_is_known() -> None:
    assert judge(CARD, [quotes("genai-prices")], DAY).held == []
    done = judge(CARD, [quotes("litellm", litellm_says(33e-6))], DAY)
    assert shown(done.held)[-1].why == "only LiteLLM says so"
    assert usd(done.card) == 30
    done = judge(CARD, [quotes("litellm", litellm_says(33e-6))], DAY, accept=True)
    assert shown(done.accepted)[-1].why == "only LiteLLM says so"
    assert usd(done.card) == 33


def lose_litellm(document: Any) -> None:
    del document["gpt-image-2"]["input_cost_per_image_token"]
    litellm_says(33e-6)(document)


def lose_genai(document: Any) -> None:
    del genai_model(document, "gpt-image-2")["prices"]["input_image_mtok"]
    genai_says(33)(document)


@pytest.mark.parametrize("accept", [False, True])
def test_a_meter_that_vanishes_puts_its_model_in_doubt(accept: bool) -> None:
    said = [quotes("litellm", lose_litellm), quotes("genai-prices", lose_genai)]
    done = judge(CARD, said, DAY, accept=accept)
    listed = done.accepted if accept else done.held
    lost = shown(listed, meter="image_in")
    assert [change.new for change in lost] == [None, None]
    assert lost[0].why == "LiteLLM no longer names image_in"
    assert "no longer names image_in" in shown(listed)[-1].why
    assert usd(done.card) == (33 if accept else 30)
    assert usd(done.card, series=("gpt-image-2", "image_in", "standard")) == 8


def test_a_single_output_price_is_not_the_images_where_the_model_sells_text_too() -> None:
    def lose(document: Any) -> None:
        del genai_model(document, "gpt-image-1.5")["prices"]["output_image_mtok"]

    done = judge(CARD, [quotes("litellm"), quotes("genai-prices", lose)], DAY)
    told = shown(done.held, "gpt-image-1.5")
    assert {change.why for change in told} == {"genai-prices no longer names image_out"}
    assert {change.new for change in told} == {None}


def test_batch_prices_that_are_rounded_to_cents_are_the_half() -> None:
    done = judge(CARD, [quotes("litellm")], DAY)
    assert usd(done.card, series=("gpt-image-1", "text_cached", "batch")) == Decimal("0.625")


def test_a_batch_price_that_is_no_longer_the_half_is_held_back() -> None:
    def change(document: Any) -> None:
        document["gpt-image-2"]["input_cost_per_token_batches"] = 3e-06

    done = judge(CARD, [quotes("litellm", change), quotes("genai-prices")], DAY)
    [held] = done.held
    assert held.why == "LiteLLM says 3, genai-prices (half of standard) says 2.5"


def new_model(name: str, usd: float) -> tuple[Callable[[Any], None], Callable[[Any], None]]:
    def litellm(document: Any) -> None:
        document[name] = document["gpt-image-2"] | {"output_cost_per_image_token": usd / 1e6}

    def genai(document: Any) -> None:
        prices = genai_model(document, "gpt-image-2")["prices"] | {"output_mtok": usd}
        document[0]["models"].append({"id": name, "match": {}, "prices": prices})

    return litellm, genai


def test_a_new_model_that_both_name_can_be_priced_by_measured_tokens(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xl_pricing.rates.day.system_day", lambda: DAY)
    litellm, genai = new_model("gpt-image-3", 50)
    said = [quotes("litellm", litellm), quotes("genai-prices", genai)]
    done = judge(CARD, said, DAY)
    assert usd(done.card, series=("gpt-image-3", "image_out", "standard")) == 50
    user_store().update("new", DAY, lambda _card: done.card)
    assert pricing.IMGCOST("1024x1024", 1000, "gpt-image-3") == 0.05
    with pytest.raises(LookupError, match="no token count is known for gpt-image-3"):
        pricing.IMGTOKENS("1024x1024", "high", "gpt-image-3")
    assert data_folder.exists()
    assert any("First seen" in note for note in done.card.model("gpt-image-3").notes)


def test_a_new_model_in_doubt_is_held_back() -> None:
    litellm, genai = new_model("gpt-image-3", 50 / 1e6)
    done = judge(CARD, [quotes("litellm", litellm), quotes("genai-prices", genai)], DAY)
    [held] = shown(done.held, "gpt-image-3")
    assert held.why == "more than 10 times off what others cost"
    assert held.old is None
    done = judge(CARD, [quotes("litellm", new_model("gpt-image-3", 50)[0])], DAY)
    assert done.card.models == CARD.models
    assert {change.why for change in done.held} == {"only LiteLLM says so"}


def test_a_model_that_is_gone_keeps_its_price_and_is_told() -> None:
    def lose(document: Any) -> None:
        del document["gpt-image-2"], document["gpt-image-2-2026-04-21"]

    done = judge(CARD, [quotes("litellm", lose), quotes("genai-prices")], DAY)
    assert done.held == []
    assert usd(done.card) == 30
    assert done.notes[0] == (
        "LiteLLM does not name gpt-image-2, gpt-image-2.6-flare, gpt-image-2.6-sunburst: "
        "what is known of them stays"
    )
    gone = judge(CARD, [quotes("litellm", lose)], date(2027, 1, 1)).notes[0]
    assert "gpt-image-1" not in gone


def test_a_source_that_names_all_models_needs_no_note() -> None:
    assert judge(CARD, [Quotes("all", CARD.rates)], DAY).notes == []


# Last days


def last_day(model: str, day: str) -> Callable[[Any], None]:
    return lambda document: document[model].update(deprecation_date=day)


def test_a_last_day_that_moved_is_taken_over() -> None:
    for model, day in (("gpt-image-1.5", "2027-02-01"), ("gpt-image-2", "2027-12-31")):
        said = [quotes("litellm", last_day(model, day)), quotes("genai-prices")]
        done = judge(CARD, said, DAY)
        [change] = done.accepted
        assert change.meter == "shuts_down"
        assert (change.old, change.new) == (CARD.model(model).shuts_down, date.fromisoformat(day))
        assert done.card.model(model).shuts_down == date.fromisoformat(day)
        assert judge(done.card, said, DAY).accepted == []


def test_a_last_day_in_doubt_is_held_back() -> None:
    done = judge(CARD, [quotes("litellm", last_day("gpt-image-2", "2026-04-21"))], DAY)
    assert done.held[0].why == "it was released only on 2026-04-21"
    other = Quotes("other", quotes("genai-prices").rates, {"gpt-image-2": date(2028, 1, 1)})
    done = judge(CARD, [quotes("litellm", last_day("gpt-image-2", "2027-12-31")), other], DAY)
    assert done.held[0].why == "LiteLLM says 2027-12-31, other says 2028-01-01"
    assert done.held[0].new == date(2027, 12, 31)
    said = [quotes("litellm", last_day("gpt-image-1.5", "2026-12-01"))]
    said.append(Quotes("other", said[0].rates, {"gpt-image-1.5": date(2027, 1, 1)}))
    assert judge(CARD, said, DAY).held[0].new == date(2027, 1, 1)
    assert judge(CARD, said, DAY, accept=True).card.models == CARD.models


def test_a_last_day_of_an_unknown_model_is_no_news() -> None:
    def change(document: Any) -> None:
        document["gpt-image-3"] = document["gpt-image-1"]

    done = judge(CARD, [quotes("litellm", change)], DAY)
    assert {held.meter for held in done.held} <= {*METERS}


# A card of one's own


def row(usd: float, since: str, source: str = "contract 7", checked: str = "2026-11-01") -> str:
    return f"gpt-image-2,image_out,standard,{usd},{since},{source},{checked},quoted"


def test_an_own_card_counts_from_today_on_when_accepted() -> None:
    rows = own(row(25, "2026-04-30"), row(24, "2026-05-01"), row(22, "2027-01-01"))
    done = judge(CARD, [rows], DAY)
    assert [change.why for change in done.held] == ["only rates.csv says so"] * 2
    assert {*done.card.rates} == {*CARD.rates}
    card = judge(CARD, [rows], DAY, accept=True).card
    days = [DAY - timedelta(days=1), DAY, date(2026, 12, 31), date(2027, 1, 1)]
    assert [usd(card, day) for day in days] == [30, 24, 24, 22]
    assert {*judge(card, [rows], DAY).card.rates} == {*card.rates}


def test_an_own_card_may_name_a_model_by_its_snapshot_but_no_unknown_one() -> None:
    snapshot = row(24, "2026-05-01").replace("gpt-image-2", "gpt-image-2-2026-04-21")
    assert usd(judge(CARD, [own(snapshot)], DAY, accept=True).card) == 24
    with pytest.raises(InvalidValueError, match="model 'contoso' is unknown; accepted: "):
        judge(CARD, [own(snapshot.replace("gpt-image-2-2026-04-21", "contoso"))], DAY)


def test_public_sources_do_not_overrule_an_own_price() -> None:
    card = judge(CARD, [own(row(24, "2026-05-01"))], DAY, accept=True).card
    said = [quotes("litellm"), quotes("genai-prices")]
    for accept in (False, True):
        done = judge(card, said, DAY, accept=accept)
        assert usd(done.card) == 24
        assert done.held == []
        assert done.notes[0] == (
            "gpt-image-2 image_out standard stays at 24 by your own card; "
            "LiteLLM says 30, genai-prices says 30"
        )


def test_an_own_price_equal_to_the_list_is_kept_when_the_list_moves() -> None:
    card = judge(CARD, [own(row(30, "2026-05-01"))], DAY).card
    said = [quotes("litellm", litellm_says(33e-6)), quotes("genai-prices", genai_says(33))]
    assert usd(judge(card, said, DAY + timedelta(days=1)).card) == 30


def test_an_own_card_that_is_checked_anew_says_so() -> None:
    card = judge(CARD, [own(row(24, "2026-05-01"))], DAY, accept=True).card
    card = judge(card, [own(row(24, "2026-05-01", checked="2026-11-23"))], DAY).card
    assert card.rate(card.model("gpt-image-2"), *OUT[1:], DAY).checked == date(2026, 11, 23)


def test_a_meter_of_an_own_card_that_the_public_does_not_name_is_no_loss() -> None:
    line = row(24, "2026-05-01").replace("image_out", "text_out")
    card = judge(CARD, [own(line)], DAY, accept=True).card
    assert judge(card, [quotes("litellm"), quotes("genai-prices")], DAY).held == []


def test_a_second_price_of_one_day_corrects_the_first() -> None:
    card = both(33e-6, 33).card
    said = [quotes("litellm"), quotes("genai-prices")]
    later = judge(card, said, DAY).card
    assert [usd(later, DAY + timedelta(days=i)) for i in (-1, 0, 1)] == [30, 30, 30]
    assert {*judge(later, said, DAY).card.rates} == {*later.rates}


def test_of_three_own_prices_entered_on_one_day_the_last_one_counts_from_that_day() -> None:
    card = CARD
    for price in (60, 25, 28):
        row = f"gpt-image-2,image_out,standard,{price},{DAY},contract,{DAY},official"
        card = judge(card, [own(row)], DAY, accept=True).card
    assert [usd(card, DAY + timedelta(days=i)) for i in (-1, 0, 1, 2)] == [30, 28, 28, 28]


def test_two_own_prices_of_one_series_and_day_are_refused() -> None:
    rows = [f"gpt-image-2,image_out,standard,{usd},{DAY},c,{DAY},official" for usd in (31, 44)]
    with pytest.raises(CardError, match=r"two prices for gpt-image-2 image_out .*: 31"):
        judge(CARD, [own(*rows)], DAY, accept=True)
    assert judge(CARD, [own(rows[0], rows[0])], DAY, accept=True).accepted


def test_merging_takes_a_time_that_grows_with_the_models_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Counted, not timed: the rates in force are looked up a few times a price, however many."""
    looked_up = Counter[str]()
    seen = verdict._Book.on

    def on(book: Any, series: Any, day: date) -> Rate | None:
        looked_up["on"] += 1
        return seen(book, series, day)

    monkeypatch.setattr(verdict._Book, "on", on)
    counts = []
    for models in (50, 400):
        looked_up.clear()
        rates = tuple(
            Rate(
                model=f"gpt-image-{i}",
                meter="image_out",
                tier="standard",
                usd_per_mtok=Decimal(30),
                effective_from=DAY,
                source="LiteLLM",
                checked=DAY,
                basis="quoted",
            )
            for i in range(100, 100 + models)
        )
        judge(CARD, [Quotes("LiteLLM", rates)], DAY, accept=True)
        counts.append(looked_up["on"])
    assert counts[1] <= 9 * counts[0]


def test_a_price_of_which_only_the_future_is_known_is_no_usual_one() -> None:
    row = f"gpt-image-2,text_out,standard,10,{DAY + timedelta(days=9)},contract,{DAY},official"
    card = judge(CARD, [own(row)], DAY, accept=True).card
    again = judge(card, [quotes("litellm"), quotes("genai-prices")], DAY)
    assert again.held == []
    assert usd(again.card, DAY + timedelta(days=9), ("gpt-image-2", "text_out", "standard")) == 10


# Properties of the merge

MODELS = ["gpt-image-2", "gpt-image-1.5", "gpt-image-2.6-flare", "gpt-image-9"]
prices = st.sampled_from([Decimal(n) for n in ("30", "33", "0.00003", "3000", "5", "2.5", "15")])
keys = st.tuples(st.sampled_from(MODELS), st.sampled_from(METERS), st.sampled_from(TIERS))


@st.composite
def said_by(draw: st.DrawFn, name: str, *, is_own: bool = False) -> Quotes:
    said = draw(st.dictionaries(keys, prices, min_size=1, max_size=8))
    rates = [
        Rate(
            model=model if not is_own or model != "gpt-image-9" else "gpt-image-1",
            meter=meter,  # type: ignore[arg-type]
            tier=tier,  # type: ignore[arg-type]
            usd_per_mtok=price,
            effective_from=DAY + timedelta(days=draw(st.integers(-300, 60)) if is_own else 0),
            source=f"{OWN}{name}" if is_own else name,
            checked=DAY,
            basis="quoted",
        )
        for (model, meter, tier), price in said.items()
    ]
    lives = st.dictionaries(st.sampled_from(MODELS), st.dates(date(2026, 1, 1), date(2029, 1, 1)))
    return Quotes(name, tuple(rates), {} if is_own else draw(lives), own=is_own)


all_said = st.tuples(said_by("a"), said_by("b"), said_by("own", is_own=True))
days = st.integers(0, 40).map(lambda n: DAY + timedelta(days=n))


def history(card: RateCard) -> set[tuple[Any, ...]]:
    return {(r.model, r.meter, r.tier, r.effective_from, r.usd_per_mtok) for r in card.rates}


def same(one: RateCard, other: RateCard) -> bool:
    return {*one.rates} == {*other.rates} and {*one.models} == {*other.models}


@given(all_said, days, st.booleans())
def test_a_merge_once_more_changes_nothing(
    said: tuple[Quotes, ...], day: date, accept: bool
) -> None:
    once = judge(CARD, said, day, accept=accept)
    again = judge(once.card, said, day, accept=accept)
    assert same(once.card, again.card)
    assert [change for change in again.accepted if change.new is not None] == []


@given(all_said, days, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_sources_does_not_matter(
    said: tuple[Quotes, ...], day: date, accept: bool, dice: random.Random
) -> None:
    shuffled = [
        Quotes(q.source, tuple(dice.sample(q.rates, len(q.rates))), q.shutdowns, own=q.own)
        for q in dice.sample(said, len(said))
    ]
    one, other = (judge(CARD, q, day, accept=accept) for q in (said, shuffled))
    assert same(one.card, other.card)
    assert (one.accepted, one.held, one.notes) == (other.accepted, other.held, other.notes)


@settings(max_examples=many(20, 60))
@given(st.lists(st.tuples(all_said, days, st.booleans()), max_size=4))
def test_no_row_of_a_past_day_changes_and_past_days_keep_their_prices(
    refreshes: list[tuple[tuple[Quotes, ...], date, bool]],
) -> None:
    card = CARD
    for said, day, accept in sorted(refreshes, key=lambda each: each[1]):
        after = judge(card, said, day, accept=accept).card
        # One of today or later may be corrected.
        assert {row for row in history(card) if row[3] < day} <= history(after)
        assert all(since >= day for *_, since, _ in history(after) - history(card))
        for rate in card.rates:
            yesterday = day - timedelta(days=1)
            if rate.effective_from <= yesterday:
                series = (rate.model, rate.meter, rate.tier)
                assert usd(after, yesterday, series) == usd(card, yesterday, series)
        card = after


# From the command line, against a server


@pytest.fixture(scope="module")
def server() -> Iterator[ps.PriceServer]:
    with ps.running() as server:
        yield server


def unchanged(_document: Any) -> None:
    pass


class Desk:
    """A user with a folder, two public sources on loopback, and a command line."""

    def __init__(self, server: ps.PriceServer, folder: Path) -> None:
        """Publish both sources as they were found."""
        self.server, self.folder = server, folder
        for name in PUBLIC:
            self.publish(name)

    def publish(self, name: str, change: Callable[[Any], None] = unchanged) -> None:
        """Publish a source, changed."""
        document = ps.published(name)
        change(document)
        self.server.serve(f"/{name}", ps.document(document))

    def serve(self, name: str, answer: ps.Answer) -> None:
        """Let a source answer so."""
        self.server.serve(f"/{name}", answer)

    def refresh(self, *more: str, seconds: float = 20) -> Result:
        """Refresh from both; wait so long for a document."""
        sources = [f"--source={name}={self.server.url(f'/{name}')}" for name in PUBLIC]
        return self.run("rates", "refresh", f"--timeout={seconds}", *sources, *more)

    def run(self, *arguments: str) -> Result:
        """Run a command."""
        return CliRunner().invoke(main, arguments)

    def state(self) -> object:
        """Return what is saved."""
        return Store(self.folder).current()


@pytest.fixture
def desk(server: ps.PriceServer, data_folder: Path) -> Desk:
    return Desk(server, data_folder)


def test_a_refresh_that_finds_nothing_new_confirms(desk: Desk) -> None:
    result = desk.refresh()
    assert result.exit_code == 0, result.stderr
    assert result.stderr == "asking LiteLLM ...\nasking genai-prices ...\n"
    assert result.stdout.startswith("LiteLLM and genai-prices asked on ")
    assert "card 1 is in force" in result.stdout
    again = desk.refresh()
    assert again.exit_code == 0
    assert "the card in force stays" in again.stdout


@pytest.mark.parametrize("price", [33, 27])
def test_a_price_that_moved_is_shown_and_in_force(desk: Desk, price: float) -> None:
    eve = f"--date={THAT_DAY - timedelta(days=1)}"
    before = desk.run("rates", "show", eve, "--json").stdout
    desk.publish("litellm", litellm_says(price / 1e6))
    desk.publish("genai-prices", genai_says(price))
    told = json.loads(desk.refresh("--json").stdout)
    assert [change["new"] for change in told["accepted"]] == [price / 2, price]
    assert (told["held"], told["complaint"]) == ([], "")
    assert pricing.IMGRATE(*OUT) == price
    after = json.loads(desk.run("rates", "show", eve, "--json").stdout)
    figures = [(r["model"], r["meter"], r["tier"], r["usd_per_mtok"]) for r in after]
    was = json.loads(before)
    assert figures == [(r["model"], r["meter"], r["tier"], r["usd_per_mtok"]) for r in was]


def nothing(document: Any) -> None:
    for name in [name for name in document if "image" in name]:
        del document[name]


def litellm_text_in(value: Any) -> Callable[[Any], None]:
    return lambda document: document["gpt-image-2"].update(input_cost_per_token=value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            litellm_text_in(-5e-06),
            "xl-pricing: LiteLLM, gpt-image-2: costs.input_cost_per_token -0.000005 is not",
        ),
        (litellm_text_in(0), "it must be from"),
        (litellm_text_in(float("nan")), "input should be a finite number"),
        (litellm_text_in("5e-06"), "LiteLLM, gpt-image-2: costs.input_cost_per_token '5e-06'"),
        (nothing, "LiteLLM names no gpt-image model"),
        (litellm_text_in(60e-06), "held back: 1"),
        (litellm_text_in(5), "usd_per_mtok 5000000 is not accepted"),
        (litellm_says(33e-06), "held back: 2"),
    ],
)
def test_a_document_that_is_not_to_be_believed(
    desk: Desk, change: Callable[[Any], None], said: str
) -> None:
    desk.publish("litellm", change)
    result = desk.refresh()
    assert result.exit_code == 1
    [_, _, told] = result.stderr.splitlines()
    assert told.startswith("xl-pricing: ")
    assert said in told
    assert pricing.IMGRATE(*OUT) == 30
    assert pricing.IMGRATE("gpt-image-2", "text_in") == 5


@pytest.mark.parametrize(
    ("seconds", "answer", "said"),
    [
        (20, ps.plain(bytes(40 * 2**20)), "is over 32 MB"),
        (20, ps.bomb(64), "is over 32 MB"),
        (20, ps.plain(b'{"gpt-image-2": {"litellm_pro'), "LiteLLM is not whole JSON"),
        (20, ps.plain(b"<html>", content_type="text/html"), "holds text/html; accepted: JSON or"),
        (20, ps.redirect("/litellm"), "redirects more than 3 times"),
        (20, ps.redirect("file:///etc/passwd"), "leads to file:"),
        (0.5, ps.drip(bytes(100), 0.05), "takes too long"),
        (0.5, ps.silent(2), "did not answer within 0.5 s"),
        (0.5, ps.cut(b'{"gpt-image-2": {}'), "cannot be reached: peer closed connection"),
        (0.5, lambda to: to.send(500), "answered with status 500"),
    ],
)
def test_a_source_that_answers_badly(
    desk: Desk, seconds: float, answer: ps.Answer, said: str
) -> None:
    assert desk.refresh().exit_code == 0
    before = desk.state()
    desk.serve("litellm", answer)
    result = desk.refresh(seconds=seconds)
    assert result.exit_code == 1
    assert said in result.stderr.splitlines()[-1]
    assert "genai-prices asked on" in result.stdout
    assert pricing.IMGRATE(*OUT) == 30
    desk.serve("genai-prices", answer)
    state = desk.state()
    alone = desk.refresh(seconds=seconds)
    assert alone.exit_code == 1
    assert alone.stdout == ""
    assert alone.stderr.splitlines()[-1].startswith(
        "xl-pricing: nothing is changed, for no source answered well: LiteLLM"
    )
    assert desk.state() == state
    assert before


def test_a_fault_that_passes_is_not_told(desk: Desk) -> None:
    desk.serve("litellm", ps.failing(500, 1, ps.document(ps.published("litellm"))))
    assert desk.refresh(seconds=0.5).exit_code == 0


def test_offline_is_one_sentence_and_changes_nothing(desk: Desk) -> None:
    with ps.PriceServer() as gone:
        address = gone.url("/litellm")
    result = desk.run("rates", "refresh", f"--source=litellm={address}")
    assert result.exit_code == 1
    assert "nothing is changed" in result.stderr
    assert not desk.folder.joinpath("card.json").exists()


def test_what_was_held_back_is_accepted_when_told(desk: Desk) -> None:
    desk.publish("litellm", litellm_says(33e-6))
    held = desk.refresh()
    assert held.exit_code == 1
    assert "held back:\nmodel" in held.stdout
    assert (
        held.stderr.splitlines()[-1]
        == ("xl-pricing: held back: 6; accepted with --accept, once you checked")
        or "held back: 2" in held.stderr
    )
    accepted = desk.refresh("--accept")
    assert accepted.exit_code == 0
    assert "accepted:\nmodel" in accepted.stdout
    assert pricing.IMGRATE(*OUT) == 33


def dearer_and_ending(document: Any) -> None:
    litellm_says(33e-6)(document)
    last_day("gpt-image-2", "2027-12-31")(document)


def test_history_diff_and_rollback(desk: Desk) -> None:
    desk.refresh()
    desk.publish("litellm", dearer_and_ending)
    desk.publish("genai-prices", genai_says(33))
    desk.refresh()
    listed = json.loads(desk.run("rates", "history", "--json").stdout)
    assert [each["card"] for each in listed] == [2, 1, 0]
    told = json.loads(desk.run("rates", "diff", "--json").stdout)
    assert (told["old"], told["new"]) == (1, 2)
    assert [change["new"] for change in told["changes"]] == [33, 16.5, "2027-12-31"]
    assert json.loads(desk.run("rates", "diff", "0", "1", "--json").stdout)["changes"] == []
    assert "card 3 is in force" in desk.run("rates", "rollback").stdout
    assert pricing.IMGRATE(*OUT) == 30
    missing = desk.run("rates", "rollback", "9")
    assert missing.exit_code == 2
    assert "card 9 is not kept; accepted: 3, 2, 1, 0" in missing.stderr


def test_an_own_card_from_a_file(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text(f"{HEADER}\n{row(24, '2026-05-01')}\n", encoding="utf-8")
    assert desk.run("rates", "refresh", f"--source={path}").exit_code == 1
    assert desk.run("rates", "refresh", f"--source={path}", "--accept").exit_code == 0
    assert pricing.IMGRATE(*OUT) == 24
    told = desk.refresh()
    assert told.exit_code == 0
    assert "note: gpt-image-2 image_out standard stays at 24 by your own card" in told.stdout


@pytest.mark.parametrize("seconds", ["0", "-1", "3601", "soon"])
def test_a_timeout_is_a_number_of_seconds(desk: Desk, seconds: str) -> None:
    assert desk.run("rates", "refresh", f"--timeout={seconds}").exit_code == 2


def test_a_file_that_cannot_be_read_or_is_too_large(tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    with pytest.raises(SourceError, match=r"none.csv cannot be read: No such file"):
        refresh_card(store, DAY, [find_source(str(tmp_path / "none.csv"))])
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(32 * 2**20 + 1)
    with pytest.raises(SourceError, match=r"large.csv is over 33,554,432 bytes"):
        refresh_card(store, DAY, [find_source(str(large))])


def test_a_card_that_was_set_aside_is_told_on_every_command(desk: Desk) -> None:
    desk.refresh()
    desk.folder.joinpath("card.json").write_bytes(b"{")
    result = desk.run("cost", "1024x1024", "high")
    assert result.exit_code == 0
    assert result.stderr.startswith("xl-pricing: warning: the refreshed rate card ")
    assert "it is damaged" in result.stderr
    assert desk.refresh().exit_code == 0
    assert desk.run("cost", "1024x1024", "high").stderr == ""


# The audit


def test_the_audit_finds_the_known_differences_and_no_others(desk: Desk) -> None:
    findings = [*audit(CARD, official_prices())]
    assert len(findings) == 36
    differ = [finding for finding in findings if not finding.agrees]
    mini = [finding for finding in differ if finding.model == "gpt-image-1-mini"]
    assert len(mini) == 9
    assert all(0.002 < finding.off < 0.003 for finding in mini)
    others = [f for f in differ if f.model != "gpt-image-1-mini"]
    assert len(others) == 4
    assert {f.model for f in others} == {"gpt-image-1", "gpt-image-1.5"}
    told = json.loads(desk.run("rates", "audit", "--json").stdout)
    assert (told["prices"], told["agree"], len(told["differ"])) == (36, 23, 13)
    assert "23 of 36 official prices" in desk.run("rates", "audit").stdout
