"""The card on disk is whole, its history is kept, and what cannot be read is set aside."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from exhaustive import many
from hosts import price_server as ps

from xl_pricing.errors import InvalidValueError, StoreError
from xl_pricing.functions import pricing
from xl_pricing.rates import day
from xl_pricing.rates.card import RateCard, bundled_card
from xl_pricing.rates.records import read_row
from xl_pricing.rates.refresh import store as module
from xl_pricing.rates.refresh.fetch import Page
from xl_pricing.rates.refresh.saved_card import Saved
from xl_pricing.rates.refresh.store import BUNDLED, KEPT, Store, active_card, user_store
from xl_pricing.rates.rows import Rate

ROOT = Path(__file__).parents[2]
DAY = ps.DAY
SERIES = ("gpt-image-2", "image_out", "standard")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data")


def priced(usd: float, day: date = DAY) -> Callable[[RateCard], RateCard]:
    """Return a change: a new price of gpt-image-2's image output from a day on."""
    row = {
        "model": SERIES[0],
        "meter": SERIES[1],
        "tier": SERIES[2],
        "usd_per_mtok": usd,
        "effective_from": day,
        "source": "test",
        "checked": day,
        "basis": "quoted",
    }

    def change(card: RateCard) -> RateCard:
        return replace(card, rates=(*card.rates, read_row(Rate, row, "it")))

    return change


def price(card: RateCard, day: date = DAY) -> Decimal:
    return card.rate(card.model(SERIES[0]), *SERIES[1:], day).usd_per_mtok


def saved(store: Store, usd: float = 33, day: date = DAY) -> int:
    number = store.update(f"{usd} from {day}", DAY, priced(usd, day))
    assert number
    return number


# Saving and finding


def test_without_a_saved_card_the_bundled_one_serves(store: Store) -> None:
    assert store.active() is bundled_card()
    assert store.history() == []
    assert store.warning() is None
    assert not store.folder.exists()


def test_a_saved_card_serves_at_once_and_in_the_next_process(store: Store) -> None:
    assert store.active() is bundled_card()
    assert saved(store) == 1
    assert price(store.active()) == 33
    assert price(Store(store.folder).active()) == 33
    assert price(store.active(), DAY - timedelta(days=1)) == 30
    assert store.active() is store.active()


def test_a_card_that_another_process_saved_is_seen_without_a_restart(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(module, "monotonic", lambda: now)
    other = Store(store.folder)
    assert store.active() is bundled_card()
    saved(other)
    assert store.active() is bundled_card()  # not asked again as soon as this
    now += 0.06
    assert price(store.active()) == 33
    now += 0.06
    seen = store.active()
    now += 0.06
    assert store.active() is seen
    (store.folder / "card.json").unlink()
    now += 0.06
    assert store.active() is bundled_card()


def test_the_functions_price_by_the_card_in_force(data_folder: Path) -> None:
    before = pricing.IMGRATE(*SERIES, DAY)
    past = pricing.IMGCOST("1024x1024", "high")
    saved(user_store(), 33, date(2026, 4, 22))
    assert (before, pricing.IMGRATE(*SERIES, DAY)) == (30, 33)
    assert pricing.IMGCOST("1024x1024", "high") == pytest.approx(past * 1.1)
    assert (data_folder / "card.json").exists()
    assert active_card() is user_store().active()


def test_the_users_folder_is_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(module.FOLDER_VARIABLE)
    user_store.cache_clear()
    assert user_store().folder.name == "xl_pricing"
    user_store.cache_clear()


def test_no_change_saves_nothing(store: Store) -> None:
    assert store.update("nothing", DAY, lambda card: card) is None
    assert not (store.folder / "card.json").exists()
    saved(store)
    assert store.update("nothing", DAY, lambda card: card) is None
    assert [each.number for each in store.history()] == [1]


def test_only_what_the_bundled_card_lacks_is_saved(store: Store) -> None:
    saved(store)
    [content] = store.history()
    assert len(content.rates) == 1
    assert content.models == ()


def test_lives_of_models_are_saved(store: Store) -> None:
    def change(card: RateCard) -> RateCard:
        new = card.newcomer("gpt-image-3", DAY)
        first = replace(card.models[0], shuts_down=date(2027, 5, 1))
        return replace(card, models=(first, *card.models[1:], new))

    store.update("lives", DAY, change)
    card = Store(store.folder).active()
    assert card.models[0].shuts_down == date(2027, 5, 1)
    assert card.model("gpt-image-3") == bundled_card().newcomer("gpt-image-3", DAY)


# History


def test_history_is_newest_first_and_older_cards_are_found(store: Store) -> None:
    for i in range(3):
        saved(store, 31 + i, DAY + timedelta(days=i))
    assert [(each.number, each.why) for each in store.history()] == [
        (3, "33 from 2026-11-26"), (2, "32 from 2026-11-25"), (1, "31 from 2026-11-24"),
    ]  # fmt: skip
    later = DAY + timedelta(days=9)
    assert [price(store.card(i), later) for i in range(4)] == [30, 31, 32, 33]
    with pytest.raises(InvalidValueError) as caught:
        store.card(7)
    assert str(caught.value) == "card 7 is not kept; accepted: 3, 2, 1, 0"


def test_rolling_back_goes_one_further_back_each_time(store: Store) -> None:
    for i in range(3):
        saved(store, 31 + i, DAY + timedelta(days=i))
    later = DAY + timedelta(days=9)
    for expected in (32, 31, 30):
        store.restore(None, DAY)
        assert price(store.active(), later) == expected
    with pytest.raises(InvalidValueError, match="no card is before the bundled one"):
        store.restore(None, DAY)
    assert store.restore(3, DAY) == 7
    assert price(store.active(), later) == 33
    assert store.history()[0].restores == 3
    saved(store, 40, DAY + timedelta(days=8))
    store.restore(None, DAY)
    assert price(store.active(), later) == 33


def test_the_last_twenty_older_cards_are_kept(store: Store) -> None:
    for i in range(KEPT + 3):
        saved(store, 31 + i, DAY + timedelta(days=i))
    assert [each.number for each in store.history()] == [*range(KEPT + 3, 2, -1)]
    assert len(list((store.folder / "older").iterdir())) == KEPT


def test_an_older_card_that_is_damaged_is_not_listed(store: Store) -> None:
    saved(store, 31)
    saved(store, 32, DAY + timedelta(days=1))
    (store.folder / "older" / "000001.json").write_bytes(b"{")
    (store.folder / "older" / "notes.json").write_bytes(b"mine")
    assert [each.number for each in store.history()] == [2]


# What cannot be read


def rewritten(store: Store, **changes: Any) -> None:
    """Change the saved card, checksum and all."""
    path = store.folder / "card.json"
    content = json.loads(path.read_bytes())["card"] | changes
    digest = sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    path.write_text(json.dumps({"sha256": digest, "card": content}), encoding="utf-8")


def cut(store: Store) -> None:
    path = store.folder / "card.json"
    path.write_bytes(path.read_bytes()[:-40])


def empty(store: Store) -> None:
    (store.folder / "card.json").write_bytes(b"")


def a_list(store: Store) -> None:
    (store.folder / "card.json").write_bytes(b"[[]]")


def one_digit(store: Store) -> None:
    path = store.folder / "card.json"
    path.write_bytes(path.read_bytes().replace(b'"33', b'"34'))


def newer_format(store: Store) -> None:
    rewritten(store, format=2)


def future(store: Store) -> None:
    rewritten(store, saved="2999-01-01")


def unknown_column(store: Store) -> None:
    rewritten(store, price=1)


def unknown_model(store: Store) -> None:
    rates = json.loads((store.folder / "card.json").read_bytes())["card"]["rates"]
    rewritten(store, rates=[{**rates[0], "model": "gpt-image-9"}])


DAMAGED = [
    (cut, "it is damaged: no whole card"),
    (empty, "it is damaged: no whole card"),
    (a_list, "it is damaged: no whole card"),
    (one_digit, "it is damaged: its checksum differs"),
    (unknown_column, "it: price 1 is not accepted: extra inputs are not permitted"),
    (unknown_model, "it prices gpt-image-9, which it does not name"),
]
LATER = [
    (newer_format, "it has format 2, this version knows 1"),
    (future, "it is from the future: 2999-01-01"),
]


@pytest.mark.parametrize(("damage", "said"), [*DAMAGED, *LATER])
def test_looking_at_a_price_changes_nothing_on_disk_whatever_lies_there(
    store: Store, damage: Callable[[Store], None], said: str
) -> None:
    saved(store)
    damage(store)
    before = {path: path.read_bytes() for path in store.folder.rglob("*") if path.is_file()}
    other = Store(store.folder)
    assert other.active() is bundled_card()
    assert other.current() is None
    told = str(other.warning())
    assert f"the refreshed rate card {store.folder / 'card.json'} is not used ({said}" in told
    assert "and the bundled one of 2026-11-23 serves; accepted: " in told
    assert {path: path.read_bytes() for path in store.folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(("damage", "said"), DAMAGED)
def test_a_refresh_sets_a_damaged_card_aside_and_begins_anew(
    store: Store, damage: Callable[[Store], None], said: str
) -> None:
    assert said
    saved(store)
    damage(store)
    damaged = (store.folder / "card.json").read_bytes()
    assert saved(store) == 1
    assert (store.folder / "set_aside" / "000001.json").read_bytes() == damaged
    assert store.warning() is None


@pytest.mark.parametrize(("change", "said"), LATER)
def test_a_card_of_a_newer_version_or_a_later_day_is_never_replaced(
    store: Store, change: Callable[[Store], None], said: str
) -> None:
    saved(store)
    change(store)
    whole = (store.folder / "card.json").read_bytes()
    for attempt in (lambda: saved(store), lambda: store.restore(None, DAY)):
        with pytest.raises(StoreError, match=f"stays as it is: {said}; accepted: a newer xl_pric"):
            attempt()
    assert (store.folder / "card.json").read_bytes() == whole
    assert not (store.folder / "set_aside").exists()


def test_a_card_from_the_future_serves_from_its_day_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(store)
    future(store)
    assert store.active() is bundled_card()
    monkeypatch.setattr(day, "system_day", lambda: date(2999, 1, 2))
    store._look_again = 0
    assert price(store.active()) == 33
    assert store.warning() is None


def test_a_card_that_is_set_aside_is_told_until_another_is_saved(store: Store) -> None:
    saved(store)
    cut(store)
    with pytest.raises(InvalidValueError, match="card 7 is not kept"):
        store.restore(7, DAY)
    kept = store.folder / "set_aside" / "000001.json"
    assert f"card {kept} is not used (it is damaged: no whole card)" in str(store.warning())
    assert store.restore(None, DAY) == 1
    assert store.warning() is None


def test_of_several_damaged_cards_none_replaces_another(store: Store) -> None:
    folder = store.folder / "set_aside"
    for usd in (31, 32, 33):
        store.folder.mkdir(exist_ok=True)
        empty(store)
        saved(store, usd)
    (folder / "000001.json").unlink()
    empty(store)
    saved(store)
    assert sorted(path.name for path in folder.iterdir()) == [
        *("000002.json", "000003.json", "000004.json"),
    ]


def test_the_card_before_a_damaged_one_can_be_brought_back(store: Store) -> None:
    saved(store, 31)
    saved(store, 32, DAY + timedelta(days=1))
    cut(store)
    assert store.restore(None, DAY) == 2
    assert price(store.active()) == 31


def test_where_nothing_was_saved_nothing_can_be_brought_back(store: Store) -> None:
    for number in (None, BUNDLED):
        with pytest.raises(InvalidValueError, match="no card was saved yet, the bundled"):
            store.restore(number, DAY)
    assert store.history() == []


def test_a_read_that_failed_is_tried_again_at_the_next_look(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(store)
    other = Store(store.folder)

    def too_many(_path: Path) -> Saved:
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as failing:
        failing.setattr(module, "read_saved", too_many)
        assert other.active() is bundled_card()
        assert "Too many open files" in str(other.warning())
    other._look_again = 0
    assert price(other.active()) == 33
    with monkeypatch.context() as failing:
        failing.setattr(module.os, "stat", too_many)
        other._look_again = 0
        assert price(other.active()) == 33


def test_a_cell_never_waits_for_the_lock(store: Store) -> None:
    saved(store)
    cut(store)
    with store._locked():
        assert Store(store.folder).active() is bundled_card()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_a_card_is_readable_by_its_owner_only(store: Store) -> None:
    saved(store)
    saved(store, 34)
    for path in store.folder.rglob("*.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


# The folder


def test_a_folder_that_cannot_be_written_is_told_and_the_bundled_card_serves(
    tmp_path: Path,
) -> None:
    (tmp_path / "data").write_text("a file", encoding="utf-8")
    store = Store(tmp_path / "data")
    with pytest.raises(StoreError) as caught:
        saved(store)
    assert str(caught.value).startswith(f"folder {store.folder} cannot be written: ")
    assert "XL_PRICING_DATA" in str(caught.value)
    assert store.active() is bundled_card()
    store.keep_page("https://a", Page(b"body", "tag"))


def test_a_card_that_may_not_be_opened_is_left_and_told(store: Store) -> None:
    (store.folder / "card.json").mkdir(parents=True)
    assert store.active() is bundled_card()
    assert "card.json is no file that can be read" in str(store.warning())
    with pytest.raises(StoreError, match="cannot be written"):
        saved(store)


def test_a_second_writer_waits_and_then_says_so(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOCK_SECONDS", 0.1)
    with store._locked(), ThreadPoolExecutor(1) as pool:
        held = pool.submit(saved, Store(store.folder))
        with pytest.raises(StoreError, match=r"another refresh has held .* for 0.1 s; accepted: "):
            held.result()
    assert saved(store) == 1


def test_a_page_is_kept_with_its_tag(store: Store) -> None:
    assert store.page("https://a") is None
    page = Page(b"two\nlines", '"tag"')
    store.keep_page("https://a", page)
    assert store.page("https://a") == page
    assert store.page("https://b") is None
    store._page_path("https://a").write_bytes(b"")
    assert store.page("https://a") is None


# Many at once, and killed

WORKER = """
import sys
from pathlib import Path
from hosts import price_server as ps
from xl_pricing.rates.refresh.refresh import refresh_card
from xl_pricing.rates.refresh.sources import find_source
from xl_pricing.rates.refresh.store import Store
folder, *addresses = sys.argv[1:]
sources = [find_source(address) for address in addresses]
"""
ONCE = f"""{WORKER}
refresh_card(Store(Path(folder)), ps.DAY, sources, accept=True)
"""
KILLS = many(50, 200)
FORKS = f"""{WORKER}
import os, random, signal, time
from datetime import date, timedelta
from xl_pricing.rates.card import bundled_card
for i in range(2):  # the first imports all, the second shows how long one takes
    began = time.monotonic()
    refresh_card(Store(Path(folder + "-warm")), ps.DAY, sources, accept=True)
    span = 3 * (time.monotonic() - began)
dice = random.Random(4)
starts = [rate.effective_from for rate in bundled_card().rates]  # a row of its day may be corrected
days = [date(2026, 5, 1) + timedelta(days=i) for i in range({KILLS} + len(starts))]
for day in [day for day in days if day not in starts][:{KILLS}]:
    child = os.fork()
    if not child:
        try:
            refresh_card(Store(Path(folder)), day, sources, accept=True)
        finally:
            os._exit(0)
    time.sleep(dice.random() * span)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print(day, flush=True)
    sys.stdin.readline()
"""


def start(code: str, *arguments: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def rows_of(store: Store) -> set[tuple[Any, ...]]:
    return {
        (rate.model, rate.meter, rate.tier, rate.effective_from, rate.usd_per_mtok)
        for rate in store.active().rates
    }


@pytest.mark.parametrize("many_at_once", [many(3, 8)])
def test_refreshes_at_once_leave_one_card_with_all_they_learnt(
    store: Store, many_at_once: int
) -> None:
    wanted = [
        (rate.model, rate.meter, rate.tier, DAY, rate.usd_per_mtok * 2)
        for rate in bundled_card().rates[:many_at_once]
    ]
    header = "model,meter,tier,usd_per_mtok,effective_from,source,checked,basis"
    with ps.running() as server:
        workers = []
        for i, (model, meter, tier, day, usd) in enumerate(wanted):
            card = f"{header}\n{model},{meter},{tier},{usd},{day},contract,{day},quoted\n"
            address = server.serve(f"/{i}.csv", ps.plain(card.encode(), content_type="text/csv"))
            workers.append(start(ONCE, str(store.folder), address))
        for worker in workers:
            worker.communicate()
            assert worker.returncode == 0
    assert rows_of(store) - {*wanted} == rows_of(Store(store.folder / "none"))
    assert rows_of(store) >= {*wanted}
    assert [each.number for each in store.history()] == [*range(many_at_once, 0, -1)]


def rising(name: str, key: str, unit: float) -> ps.Answer:
    """Serve a document in which the price of image output rises with every time it is asked for."""
    text = (ps.CASES / f"{name}.json").read_text(encoding="utf-8")
    old = f'"{key}": {30 * unit:g}'
    assert old in text
    asked: list[object] = []

    def answer(to: ps.Handler) -> None:
        asked.append(to)
        new = f'"{key}": {(30 + len(asked) / 100) * unit:.9f}'
        to.send(200, text.replace(old, new).encode())

    return answer


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
def test_killed_at_any_moment_a_card_is_whole_and_nothing_is_lost(store: Store) -> None:
    before = rows_of(store)
    saves = 0
    with ps.running() as server:
        sources = [
            "litellm=" + server.serve("/l", rising("litellm", "output_cost_per_image_token", 1e-6)),
            "genai-prices=" + server.serve("/g", rising("genai-prices", "output_mtok", 1)),
        ]
        worker = start(FORKS, str(store.folder), *sources)
        assert worker.stdin
        assert worker.stdout
        for _ in worker.stdout:
            after = rows_of(Store(store.folder))
            assert after >= before
            saves += after > before
            before = after
            with store._locked():  # nobody holds it
                assert not (store.folder / "set_aside").exists()
            worker.stdin.write("next\n")
            worker.stdin.flush()
        worker.communicate()
    assert worker.returncode == 0
    assert 0 < saves < KILLS  # killed before and after


def test_a_card_that_was_set_aside_and_reads_well_now_is_told_too(store: Store) -> None:
    saved(store)
    (store.folder / "set_aside").mkdir()
    (store.folder / "card.json").rename(store.folder / "set_aside" / "000001.json")
    assert "000001.json is not used (it was from the future)" in str(store.warning())
